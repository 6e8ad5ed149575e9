-- The event bus: messages to whoever listens now.
-- Topics share a fixed number of channels, so that a process subscribes to few and a topic keeps its order.
-- KEYS  remembered: STRING of the idempotency key, or one that is not used
-- ARGV  channel, 1 if the key counts, ms that it is remembered, messages (each packed by the sender)
-- REPLY how many processes got the last message (-1: published before), time of Redis in ms
-- A message is headed by a line with that time, so that whoever gets it knows how long it took.

local function publish(keys, args)
  local time = redis.call('TIME')
  local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
  if args[2] == '1' and not redis.call('SET', keys[1], now, 'NX', 'PX', args[3]) then return { -1, now } end
  local reached = 0
  for i = 4, #args do reached = redis.call('PUBLISH', args[1], now .. '\n' .. args[i]) end
  return { reached, now }
end

register('publish', publish)
