-- job: where a job is, and why.
-- ARGV   id
-- REPLY  empty when unknown; packed ending and result of one that is over; else state, two values (false where there is none),
--        tries, errors, record, notes, whether it is cancelled (1 or 0), why it waits (a word, see explain.lua) and a value to that:
--        dead     tick of death, deadrec
--        leased   deadline ms, held
--        ready    jobs ahead, false
--        delayed  score, false

local function leased_until(q, id)
  return redis.call('ZSCORE', q.lease, id)
end

-- Those before it in its lane; who is kept by dedupe is alone.
local function ahead_in_lane(q, id, traits)
  if traits.state == STATES.kept then return 0 end
  local from = range_of(traits.key)
  return redis.call('ZLEXCOUNT', q.lanes, from, '(' .. lane_member(traits.key, traits.number, id))
end

local function delayed_by(q, id, traits)
  if not traits or traits.state ~= STATES.in_line or traits.key == '' then return false end
  return redis.call('HEXISTS', q.tries, id) == 0 and 'key_rate'
end

-- Returns state, where, why, and what of the reason to wait there is.
local function whereabouts(q, id, traits)
  local held = redis.call('HGET', q.held, id)
  if held then return 'leased', leased_until(q, id), held end
  local tick = redis.call('ZSCORE', q.dead, id)
  if tick then return 'dead', tick, redis.call('HGET', q.deadrec, id) end
  local score = redis.call('ZSCORE', q.ready, id)
  if score then return 'ready', ahead_of(q, id, tonumber(score)), false, reason_to_wait(q, traits) end
  if traits and (traits.state == STATES.behind or traits.state == STATES.kept) then
    return 'ready', ahead_in_lane(q, id, traits), false, reason_to_wait(q, traits)
  end
  return 'delayed', redis.call('ZSCORE', q.delayed, id), false, delayed_by(q, id, traits)
end

local function job(keys, args)
  local q, id = open(keys), args[1]
  for bucket = 0, 1 do
    local done = redis.call('HGET', q['done' .. bucket], id)
    if done then return { 'over', done, redis.call('HGET', q['result' .. bucket], id) } end
  end
  local record = redis.call('HGET', q.jobs, id)
  if not record then return {} end
  local traits = traits_among(q, { id })[1]
  local state, where, why, reason, value = whereabouts(q, id, traits)
  return {
    state, where, why, redis.call('HGET', q.tries, id), redis.call('HGET', q.errors, id), record,
    redis.call('HGET', q.notes, id), redis.call('SISMEMBER', q.cancels, id), reason or false, value or false,
  }
end

register('job', job, { 'no-writes' })
