-- dead_purge: forgets dead letters for good, their ids too.
-- ARGV   at most 200 ids
-- REPLY  number of jobs purged; an id that is not dead is passed over

local function dead_purge(keys, ids)
  local q = open(keys)
  local purged = {}
  for _, id in ipairs(ids) do
    if redis.call('ZREM', q.dead, id) == 1 then purged[#purged + 1] = id end
  end
  apply('HDEL', q.deadrec, purged)
  apply('HDEL', q.jobs, purged)
  forget_tries(q, purged)
  leave(q, purged)
  return #purged
end

-- It frees memory, so it must run when there is none left.
register('dead_purge', dead_purge, { 'allow-oom' })
