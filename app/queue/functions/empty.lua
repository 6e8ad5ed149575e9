-- empty: removes jobs that are not under way: those that wait in lanes, ready ones, delayed ones (retries, too).
-- ARGV   how many at most, at most 100
-- REPLY  number of jobs removed

-- The id in a member of `lanes`.
local function id_in_lane(member)
  local key_bytes = string.find(member, '\0', 1, true) - 1
  return string.sub(member, key_bytes == 0 and 2 or key_bytes + 18)
end

local function waiting_ids(q, max)
  local ids = redis.call('ZRANGE', q.lanes, 0, max - 1)
  for i, member in ipairs(ids) do ids[i] = id_in_lane(member) end
  for _, key in ipairs({ q.ready, q.delayed }) do
    if #ids == max then break end
    for _, id in ipairs(redis.call('ZRANGE', key, 0, max - #ids - 1)) do ids[#ids + 1] = id end
  end
  return ids
end

-- For ids of jobs that nobody has under way; others are passed over by whoever calls this.
local function remove(q, ids)
  redis.call('ZREM', q.ready, unpack(ids))
  redis.call('ZREM', q.delayed, unpack(ids))
  redis.call('HDEL', q.jobs, unpack(ids))
  forget_tries(q, ids)
  leave(q, ids)
end

local function empty(keys, args)
  local q = open(keys)
  local ids = waiting_ids(q, tonumber(args[1]))
  if #ids > 0 then remove(q, ids) end
  save(q)
  return #ids
end

register('empty', empty, { 'allow-oom' })
