-- job: where a job is.
-- ARGV   id
-- REPLY  empty when unknown; packed ending and result of one that is over; else state, two values (false where there is none),
--        tries, errors, record, notes, whether it is cancelled (1 or 0):
--        dead     tick of death, deadrec
--        leased   deadline ms, held
--        ready    rank in line, false
--        delayed  score, false

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
    if done then return { 'over', done, redis.call('HGET', q['result' .. bucket], id) } end
  end
  local record = redis.call('HGET', q.jobs, id)
  if not record then return {} end
  local state, where, why = whereabouts(q, id)
  return {
    state, where, why, redis.call('HGET', q.tries, id), redis.call('HGET', q.errors, id), record,
    redis.call('HGET', q.notes, id), redis.call('SISMEMBER', q.cancels, id),
  }
end

register('job', job, { 'no-writes' })
