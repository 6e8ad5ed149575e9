-- dead_audit: writes down what somebody did with dead letters; the last thousand are kept.
-- ARGV   JSON text of an object
-- REPLY  OK

local MAX_KEPT = 1000

local function dead_audit(keys, args)
  local q = named(keys)
  redis.call('LPUSH', q.audit, '{"at":' .. int(q.now) .. ',' .. string.sub(args[1], 2))
  redis.call('LTRIM', q.audit, 0, MAX_KEPT - 1)
  return redis.status_reply('OK')
end

register('dead_audit', dead_audit, { 'allow-oom' })
