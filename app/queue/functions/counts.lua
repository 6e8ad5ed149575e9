-- counts: how full the queue is and how fast.
-- ARGV   -
-- REPLY  ready, delayed, leased, dead, waiting for another job, paused (1, d: draining, or 0), age in ms of the oldest ready job, now in ms, then names and numbers of the totals, and the slots as statistics.lua writes them

-- The line begins once in each priority: ten heads tell the exact age, with ageing, too.
local function oldest_ready_ms(q)
  local oldest = 0
  for priority = 0, 9 do
    local from, to = band_of(priority)
    local head = redis.call('ZRANGE', q.ready, from, to, 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
    if head[2] then
      local place = head[2] - (9 - priority) * PLACES_PER_BAND
      oldest = math.max(oldest, math.floor(q.now - place * US_PER_PLACE / 1000))
    end
  end
  return oldest
end

local function counts(keys)
  local q = open(keys)
  local reply = {
    redis.call('ZCARD', q.ready), redis.call('ZCARD', q.delayed), redis.call('ZCARD', q.lease), redis.call('ZCARD', q.dead),
    redis.call('ZCARD', q.lanes), redis.call('HGET', q.meta, 'paused') or '0', oldest_ready_ms(q), q.now,
  }
  for name, at in pairs(TOTALS) do push(reply, name, int(q.books[at])) end
  for _, part in ipairs(redis.call('HGETALL', q.stats)) do reply[#reply + 1] = part end
  push(reply, slot_of(q.books))
  return reply
end

register('counts', counts, { 'no-writes' })
