-- pause: a paused queue takes jobs and settlements, but hands out nothing; a draining one hands out what it has and takes no new jobs.
-- ARGV   1 to pause, d to drain, 0 to resume
-- REPLY  OK

local function pause(keys, args)
  local q = named(keys)
  redis.call('HSET', q.meta, 'paused', args[1])
  redis.call('HDEL', q.meta, 'hints')
  if args[1] ~= PAUSED then ring(q) end
  return redis.status_reply('OK')
end

-- pause_key: the same for the jobs of one key. Those in line wait in its lane from the next claim on that meets them.
-- ARGV   key, 1 to pause or 0 to resume, how many keys may be paused
-- REPLY  number of paused keys; -1: so many are paused already

local MAX_RESUMED = 100

local function pause_key(keys, args)
  local q, key = open(keys), args[1]
  q.is_ruled = true
  if args[2] == '1' then
    if q.paused_keys >= tonumber(args[3]) and not is_key_paused(q, key) then return -1 end
    save(q)
    return redis.call('HINCRBY', q.meta, 'pausedKeys', redis.call('HSETNX', q.meta, paused_field(key), 1))
  end
  local paused = redis.call('HINCRBY', q.meta, 'pausedKeys', int(-redis.call('HDEL', q.meta, paused_field(key))))
  q.paused_keys = paused
  fill(q, key, MAX_RESUMED)
  flush(q)
  save(q)
  ring(q)
  return paused
end

register('pause', pause, { 'allow-oom' })
register('pause_key', pause_key, { 'allow-oom' })
