-- dead_read: what is known of some dead letters.
-- ARGV   at most 10 ids
-- REPLY  for each that is dead: id, tick of death, deadrec, tries, errors, record, notes, replays

local function dead_read(keys, ids)
  local q = named(keys)
  local reply = {}
  for _, id in ipairs(ids) do
    local tick = redis.call('ZSCORE', q.dead, id)
    if tick then
      reply[#reply + 1] = id
      reply[#reply + 1] = tick
      for _, key in ipairs({ q.deadrec, q.tries, q.errors, q.jobs, q.notes, q.replays }) do
        reply[#reply + 1] = redis.call('HGET', key, id) or ''
      end
    end
  end
  return reply
end

register('dead_read', dead_read, { 'no-writes' })
