-- What every turn does before it claims, so that no process of its own has to: part of `turn`.

local UPKEEP = {
  max_reaped = 100, max_promoted = 100, max_expired = 100, max_crashes = 5,
  crashed = '{"code":"crashed","message":"It took down too many workers"}', -- as the error of a task
}

-- The worker crashed or froze: the job goes back to its old place, unless it keeps killing workers.
local function take_back(q, id)
  local held, tries = unpack_held(redis.call('HGET', q.held, id)), tries_of(q, id)
  tries.crashes = tries.crashes + 1
  drop_lease(q, id)
  count(q, 'crashed', 1)
  if is_marked(q, id) then
    end_cancelled(q, id, '0')
    return
  end
  save_tries(q, id, tries)
  if tries.crashes >= (q.policy.maxCrashes or UPKEEP.max_crashes) then
    local task = task_of(redis.call('HGET', q.jobs, id) or '')
    if task then end_failed(q, id, task, '0', UPKEEP.crashed) else bury(q, id, held.priority, 'crashed', 'crashed') end
  else
    redis.call('ZADD', q.ready, int(held.score), id)
  end
end

-- Leases that expired.
local function reap(q)
  if q.next_deadline > q.now then return end
  local expired = redis.call('ZRANGE', q.lease, '-inf', int(q.now), 'BYSCORE', 'LIMIT', 0, UPKEEP.max_reaped)
  for _, id in ipairs(expired) do take_back(q, id) end
  q.next_deadline = first_score(q.lease) or NEVER
end

-- Jobs and scores as `delayed` has them. Who was delayed for the first time and has a key joins its lane only now.
local function move_into_line(q, due)
  local place = take_places(q, #due / 2)
  local ids, ready = {}, {}
  for at = 1, #due, 2 do ids[#ids + 1] = due[at] end
  redis.call('ZREM', q.delayed, unpack(ids))
  local traits = is_special(q) and traits_among(q, ids) or {}
  for i, id in ipairs(ids) do
    local priority = 9 - due[2 * i] % 10
    if traits[i] and traits[i].state == STATES.delayed then
      enter(q, id, priority, traits[i], place + i, 0)
    else
      push(ready, ready_score(priority, place + i), id)
    end
  end
  apply('ZADD', q.ready, ready)
  flush(q)
end

-- Delayed jobs and retries whose time has come.
local function promote(q)
  if q.next_due > q.now then return end
  local due = redis.call('ZRANGE', q.delayed, '-inf', delayed_score(q.now, 0), 'BYSCORE', 'LIMIT', 0, UPKEEP.max_promoted, 'WITHSCORES')
  if #due > 0 then move_into_line(q, due) end
  q.next_due = first_due(q)
end

-- Names of dedupe and rates of keys whose time is over.
local function forget_expired(q)
  if not is_special(q) then return end
  local members = redis.call('ZRANGE', q.expiry, '-inf', int(q.now_us), 'BYSCORE', 'LIMIT', 0, UPKEEP.max_expired)
  if #members == 0 then return end
  local names = {}
  for _, member in ipairs(members) do
    if string.sub(member, 1, 1) == 'd' then names[#names + 1] = string.sub(member, 2) end
  end
  apply('HDEL', q.dedupe, names)
  redis.call('ZREM', q.expiry, unpack(members))
end
