-- dead_groups: dead letters by fingerprint.
-- ARGV   fingerprint after which to begin or empty, at most so many groups
-- REPLY  fingerprint to go on with or empty, then for each group its fingerprint, number of jobs, ticks of the first and the last death,
--        id and errors of the last one

local function dead_groups(keys, args)
  local q = named(keys)
  local after, reply = args[1], { '' }
  for _ = 1, args[2] do
    local member = redis.call('ZRANGE', q.deadkinds, after == '' and '-' or '(' .. after .. '!', '+', 'BYLEX', 'LIMIT', 0, 1)[1]
    if not member then return reply end
    local fingerprint = string.match(member, '^%S+')
    local from, to = '[' .. fingerprint .. ' ', '(' .. fingerprint .. '!'
    local last = redis.call('ZRANGE', q.deadkinds, to, from, 'BYLEX', 'REV', 'LIMIT', 0, 1)[1]
    local id = string.sub(last, #fingerprint + 19)
    for _, part in ipairs({
      fingerprint, redis.call('ZLEXCOUNT', q.deadkinds, from, to),
      string.sub(member, #fingerprint + 2, #fingerprint + 17), string.sub(last, #fingerprint + 2, #fingerprint + 17),
      id, redis.call('HGET', q.errors, id) or '',
    }) do
      reply[#reply + 1] = part
    end
    after = fingerprint
  end
  reply[1] = after
  return reply
end

register('dead_groups', dead_groups, { 'no-writes' })
