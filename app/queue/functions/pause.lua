-- pause: a paused queue takes jobs and settlements, but hands out nothing.
-- ARGV   1 to pause, 0 to resume
-- REPLY  OK

local function pause(keys, args)
  local q = named(keys)
  redis.call('HSET', q.meta, 'paused', args[1])
  if args[1] == '0' then ring(q) end
  return redis.status_reply('OK')
end

register('pause', pause, { 'allow-oom' })
