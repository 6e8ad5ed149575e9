-- configure: keeps the settings of a queue.
-- ARGV   JSON text of the settings, the same as a policy for the functions
-- REPLY  revision

local function configure(keys, args)
  local q = open(keys)
  local revision = int(q.revision + 1)
  redis.call('HSET', q.meta, 'settings', args[1], 'policy', args[2], 'revision', revision)
  redis.call('HDEL', q.meta, 'hints')
  -- Claims that wait may now be served.
  ring(q)
  return tonumber(revision)
end

-- settings: as they are.
-- ARGV   -
-- REPLY  revision (0: never set), JSON text or empty

local function settings(keys)
  local q = named(keys)
  local meta = redis.call('HMGET', q.meta, 'revision', 'settings')
  return { tonumber(meta[1] or 0), meta[2] or '' }
end

register('configure', configure, { 'allow-oom' })
register('settings', settings, { 'no-writes' })
