-- Dead letters. Record, tries, errors and notes stay where they are; `dead`, `deadrec` and `deadkinds` say that and why a job is dead.

local DEAD_REASONS = { failed = 'f', rejected = 'r', crashed = 'c', invalid = 'i' }
-- Beyond so many the oldest are gone for good, two for each new one: nobody looks at a million, and memory ends some day.
local MAX_DEAD = 1000000
local DROPPED_AT_ONCE = 2

-- Of fixed width: those of one fingerprint stand together, in the order of their deaths.
local function kind_member(fingerprint, tick, id)
  return fingerprint .. ' ' .. string.format('%016d', tick) .. ' ' .. id
end

-- Takes those of the ids that are dead out of the dead letters; returns them, with what their deadrec says.
local function raise(q, ids)
  local raised, records, kinds = {}, {}, {}
  local packed = fetch('HMGET', q.deadrec, ids)
  for i, tick in ipairs(fetch('ZMSCORE', q.dead, ids)) do
    if tick then
      raised[#raised + 1] = ids[i]
      records[#records + 1] = packed[i]
      kinds[#kinds + 1] = kind_member(string.sub(packed[i], 3), tick, ids[i])
    end
  end
  apply('ZREM', q.dead, raised)
  apply('ZREM', q.deadkinds, kinds)
  apply('HDEL', q.deadrec, raised)
  return raised, records
end

-- Gone for good, ids and all. Returns how many.
local function purge(q, ids)
  local purged = raise(q, ids)
  apply('HDEL', q.jobs, purged)
  forget_tries(q, purged)
  leave(q, purged)
  return #purged
end

local function bury(q, id, priority, reason, fingerprint)
  local tick = take_ticks(q, 1)
  redis.call('ZADD', q.dead, int(tick), id)
  redis.call('HSET', q.deadrec, id, priority .. DEAD_REASONS[reason] .. fingerprint)
  redis.call('ZADD', q.deadkinds, 0, kind_member(fingerprint, tick, id))
  leave(q, { id }, true)
  count(q, 'dead', 1)
  redis.call('HINCRBY', q.stats, 'dead:' .. reason, 1)
  if redis.call('ZCARD', q.dead) > MAX_DEAD then
    count(q, 'dropped', purge(q, redis.call('ZRANGE', q.dead, 0, DROPPED_AT_ONCE - 1)))
  end
end
