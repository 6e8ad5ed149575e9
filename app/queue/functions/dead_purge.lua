-- dead_purge: forgets dead letters for good, their ids too.
-- ARGV   at most 50 ids, each once
-- REPLY  number of jobs purged; an id that is not dead is passed over

local function dead_purge(keys, ids)
  local q = open(keys)
  local purged = purge(q, ids)
  save(q)
  return purged
end

-- It frees memory, so it must run when there is none left.
register('dead_purge', dead_purge, { 'allow-oom' })
