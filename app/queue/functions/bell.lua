-- The doorbell of a queue: says that a waiting claim may find something.
-- On one server it is a mark that stays until somebody takes it by BZPOPMIN, so ringing twice is ringing once.
-- That command cannot span the slots of a cluster. There a ring is a message to all who wait, and the mark only says when it was
-- sent: while nobody has looked since, another one would be noise. It is sent again after a moment, should it have been lost.

local RING_AGAIN_MS = 100

local function ring(q)
  if not BELL_CHANNEL then
    redis.call('ZADD', q.mark, 0, 'work')
    return
  end
  local since = q.now - (redis.call('ZSCORE', q.mark, 'work') or 0)
  if since >= 0 and since < RING_AGAIN_MS then return end
  redis.call('ZADD', q.mark, int(q.now), 'work')
  redis.call('PUBLISH', BELL_CHANNEL, q.mark)
end

-- Somebody looks now: the next ring is news.
local function heed_bell(q)
  if BELL_CHANNEL then redis.call('DEL', q.mark) end
end
