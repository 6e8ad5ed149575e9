-- A dead letter: record, tries and errors stay where they are, `dead` and `deadrec` say that and why it is dead.

local DEAD_REASONS = { failed = 'f', rejected = 'r', crashed = 'c', invalid = 'i' }

local function bury(q, id, priority, reason, fingerprint)
  redis.call('ZADD', q.dead, int(take_ticks(q, 1) + 1), id)
  redis.call('HSET', q.deadrec, id, priority .. DEAD_REASONS[reason] .. fingerprint)
  leave(q, { id }, true)
  count(q, 'dead', 1)
  redis.call('HINCRBY', q.stats, 'dead:' .. reason, 1)
end
