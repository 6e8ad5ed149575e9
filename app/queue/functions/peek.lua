-- peek: which of many queues are worth a look, and when. The only function with keys of several queues: it writes nothing,
-- and one call for all of them is what keeps an idle process quiet.
-- KEYS   for each queue: ready, delayed, lease, meta
-- REPLY  for each queue that has something to wait for: its number, counted from 1, and ms until then (0: now)

-- nil: never, or not before it is resumed.
local function ms_until_work(now, ready, delayed, lease, meta)
  if redis.call('EXISTS', ready, delayed, lease) == 0 or redis.call('HGET', meta, 'paused') == '1' then return nil end
  if redis.call('EXISTS', ready) == 1 then return 0 end
  local due = math.floor((first_score(delayed) or math.huge) / 10)
  return math.max(0, math.min(due, first_score(lease) or math.huge) - now)
end

local function peek(keys)
  local time = redis.call('TIME')
  local now = math.floor((time[1] * 1000000 + time[2]) / 1000)
  local reply = {}
  for at = 1, #keys, 4 do
    local ms = ms_until_work(now, unpack(keys, at, at + 3))
    if ms then
      reply[#reply + 1] = (at + 3) / 4
      reply[#reply + 1] = ms
    end
  end
  return reply
end

register('peek', peek, { 'no-writes' })
