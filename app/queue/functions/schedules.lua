-- Schedules: jobs that come again. A library of its own; one hash tag for all of them, since they are few and change rarely.
-- KEYS   definitions  HASH   queue/name -> JSON text
--        states       HASH   queue/name -> JSON text of what the runs so far have left
--        due          ZSET   queue/name, score = ms of the next run; not there when paused or ended
--        names        ZSET   queue/name, all of score 0: an index by queue
--        lease        STRING holder and fence of the process that makes the jobs
--        fence        STRING counter

local function open(keys)
  local k = { definitions = keys[1], states = keys[2], due = keys[3], names = keys[4], lease = keys[5], fence = keys[6] }
  local time = redis.call('TIME')
  k.now = math.floor((time[1] * 1000000 + time[2]) / 1000)
  return k
end

-- Takes or renews the lease: the fence of this tenure, or nil when another process has it. A fence never repeats.
local function hold(k, holder, ttl_ms)
  local lease = redis.call('GET', k.lease)
  if not lease then
    local fence = redis.call('INCR', k.fence)
    redis.call('SET', k.lease, holder .. ' ' .. fence, 'PX', ttl_ms)
    return fence
  end
  local who, fence = string.match(lease, '^(.*) (%d+)$')
  if who ~= holder then return nil end
  redis.call('PEXPIRE', k.lease, ttl_ms)
  return tonumber(fence)
end

local function described(k, member)
  return { member, redis.call('HGET', k.definitions, member) or '', redis.call('HGET', k.states, member) or '', redis.call('ZSCORE', k.due, member) or '' }
end

-- schedule_turn: what is due, for the one process that makes the jobs.
-- ARGV   holder, ttlMs, most
-- REPLY  fence (0: another process makes them, or nothing is going to be due), now in ms, ms until the next is due (-1: none),
--        then for each that is due: queue/name, definition, state, due
local function turn(keys, args)
  local k = open(keys)
  local first = redis.call('ZRANGE', k.due, 0, 0, 'WITHSCORES')
  if not first[2] then return { 0, k.now, -1 } end
  local next_ms = math.max(0, first[2] - k.now)
  local fence = hold(k, args[1], args[2])
  if not fence then return { 0, k.now, next_ms } end
  local reply = { fence, k.now, next_ms }
  for _, member in ipairs(redis.call('ZRANGE', k.due, '-inf', string.format('%d', k.now), 'BYSCORE', 'LIMIT', 0, args[3])) do
    reply[#reply + 1] = described(k, member)
  end
  return reply
end

-- schedule_advance: a run was made.
-- ARGV   fence, queue/name, due as it was read, next due or empty, state
-- REPLY  1; 0 when the lease has another holder by now, or the schedule was changed meanwhile
local function advance(keys, args)
  local k = open(keys)
  local fence, member, due, next_due, state = unpack(args)
  if string.match(redis.call('GET', k.lease) or '', '%d+$') ~= fence then return 0 end
  if redis.call('ZSCORE', k.due, member) ~= due then return 0 end
  redis.call('HSET', k.states, member, state)
  if next_due == '' then redis.call('ZREM', k.due, member) else redis.call('ZADD', k.due, next_due, member) end
  return 1
end

-- schedule_put: a schedule, new or changed.
-- ARGV   queue/name, definition, next due or empty, most schedules
-- REPLY  1; 0 when there are so many already
local function put(keys, args)
  local k = open(keys)
  local member, definition, due, most = unpack(args)
  local is_new = redis.call('HEXISTS', k.definitions, member) == 0
  if is_new and redis.call('ZCARD', k.names) >= tonumber(most) then return 0 end
  redis.call('HSET', k.definitions, member, definition)
  redis.call('ZADD', k.names, 0, member)
  if due == '' then redis.call('ZREM', k.due, member) else redis.call('ZADD', k.due, due, member) end
  return 1
end

-- schedule_remove. ARGV queue/name. REPLY 1, or 0 when there was none.
local function remove(keys, args)
  local k = open(keys)
  redis.call('HDEL', k.states, args[1])
  redis.call('ZREM', k.due, args[1])
  redis.call('ZREM', k.names, args[1])
  return redis.call('HDEL', k.definitions, args[1])
end

-- schedule_read. ARGV queue/name. REPLY now in ms, then queue/name, definition, state, due (empty where there is none).
local function read(keys, args)
  local k = open(keys)
  return { k.now, described(k, args[1]) }
end

-- schedule_list: those of a queue by name.
-- ARGV   bounds of the names as ZRANGE BYLEX takes them, most
-- REPLY  for each: queue/name, definition, state, due
local function list(keys, args)
  local k, reply = open(keys), {}
  for i, member in ipairs(redis.call('ZRANGE', k.names, args[1], args[2], 'BYLEX', 'LIMIT', 0, args[3])) do
    reply[i] = described(k, member)
  end
  return reply
end

register('turn', turn)
register('advance', advance, { 'allow-oom' })
register('put', put)
register('remove', remove, { 'allow-oom' })
register('read', read, { 'no-writes' })
register('list', list, { 'no-writes' })
