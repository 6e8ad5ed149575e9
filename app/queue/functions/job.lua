-- job: where a job is.
-- ARGV   id
-- REPLY  empty when unknown, else state and five values, false where there is none:
--        done     packed done marker, result
--        dead     tick of death, deadrec, tries, errors, record
--        leased   deadline ms, held, tries, errors, record
--        ready    rank in line, false, tries, errors, record
--        delayed  score, false, tries, errors, record

local function leased_until(q, id, held)
  return redis.call('ZSCORE', q.lease, id .. ':' .. int(unpack_held(held).fence))
end

local function whereabouts(q, id)
  local held = redis.call('HGET', q.held, id)
  if held then return 'leased', leased_until(q, id, held), held end
  local tick = redis.call('ZSCORE', q.dead, id)
  if tick then return 'dead', tick, redis.call('HGET', q.deadrec, id) end
  local rank = redis.call('ZRANK', q.ready, id)
  if rank then return 'ready', rank, false end
  return 'delayed', redis.call('ZSCORE', q.delayed, id), false
end

local function job(keys, args)
  local q, id = named(keys), args[1]
  for bucket = 0, 1 do
    local done = redis.call('HGET', q['done' .. bucket], id)
    if done then return { 'done', done, redis.call('HGET', q['result' .. bucket], id) } end
  end
  local record = redis.call('HGET', q.jobs, id)
  if not record then return {} end
  local state, where, why = whereabouts(q, id)
  return { state, where, why, redis.call('HGET', q.tries, id), redis.call('HGET', q.errors, id), record }
end

register('job', job, { 'no-writes' })
