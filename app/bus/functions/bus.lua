-- The event bus: messages to whoever listens now, and the list of the servers that do.
-- Topics share a fixed number of channels, so that a process subscribes to few and a topic keeps its order.
-- Messages are opaque here, and one publication may carry several. It is headed by a line with the time of Redis in ms, so that
-- whoever gets it knows how long it took.

-- Of the list of servers.
local HEARD, ABOUT = 1, 2 -- ZSET id -> when it was heard last, in ms; HASH id -> what it says of itself
local MAX_DROPPED = 50
local MAX_LISTED = 1000

-- Numbers go to Redis as text: it would write large ones in its own way, and slower.
local function int(number)
  return string.format('%d', number)
end

-- ms as a number, and with microseconds as text.
local function now()
  local time = redis.call('TIME')
  local ms = time[1] * 1000 + math.floor(time[2] / 1000)
  return ms, string.format('%d.%03d', ms, time[2] % 1000)
end

local function publish_now(channel, messages)
  local _, stamp = now()
  return redis.call('PUBLISH', channel, stamp .. '\n' .. messages)
end

-- KEYS  remembered: STRING of the idempotency key, or one that is not used
-- ARGV  channel, 1 if the key counts, ms that it is remembered, messages
-- REPLY how many processes got them (-1: published before)
local function publish(keys, args)
  if args[2] == '1' and not redis.call('SET', keys[1], '1', 'NX', 'PX', args[3]) then return -1 end
  return publish_now(args[1], args[4])
end

-- KEYS  heard, about
-- ARGV  channel of the server, its id, ms after which a silent one is gone, messages
-- REPLY how many processes got them (-1: there is no such server)
local function send(keys, args)
  local heard = redis.call('ZSCORE', keys[HEARD], args[2])
  if not heard or tonumber(heard) < now() - tonumber(args[3]) then return -1 end
  return publish_now(args[1], args[4])
end

-- A server is there. Publishes a message to it as well, by which it knows that messages come through.
-- KEYS  heard, about
-- ARGV  channel of the server, its id, ms after which a silent one is gone, what it says of itself, message
-- REPLY time of Redis in ms, with microseconds
local function beat(keys, args)
  local ms, stamp = now()
  redis.call('ZADD', keys[HEARD], int(ms), args[2])
  redis.call('HSET', keys[ABOUT], args[2], args[4])
  local silent = redis.call('ZRANGE', keys[HEARD], '-inf', int(ms - tonumber(args[3])), 'BYSCORE', 'LIMIT', '0', int(MAX_DROPPED))
  if #silent > 0 then
    redis.call('ZREM', keys[HEARD], unpack(silent))
    redis.call('HDEL', keys[ABOUT], unpack(silent))
  end
  redis.call('PUBLISH', args[1], stamp .. '\n' .. args[5])
  return stamp
end

-- KEYS  heard, about
-- ARGV  id of a server that stops
local function leave(keys, args)
  redis.call('ZREM', keys[HEARD], args[1])
  return redis.call('HDEL', keys[ABOUT], args[1])
end

-- KEYS  heard, about
-- ARGV  ms after which a silent one is gone
-- REPLY for each server: id, when it was heard last in ms, what it says of itself
local function servers(keys, args)
  local heard = redis.call('ZRANGE', keys[HEARD], int(now() - tonumber(args[1])), '+inf', 'BYSCORE', 'LIMIT', '0', int(MAX_LISTED), 'WITHSCORES')
  local reply = {}
  for at = 1, #heard, 2 do
    reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = heard[at], heard[at + 1], redis.call('HGET', keys[ABOUT], heard[at]) or ''
  end
  return reply
end

-- None of them needs room to speak of: messages go on while Redis is full.
register('publish', publish, { 'allow-oom' })
register('send', send, { 'allow-oom' })
register('beat', beat, { 'allow-oom' })
register('leave', leave, { 'allow-oom' })
register('servers', servers, { 'no-writes' })
