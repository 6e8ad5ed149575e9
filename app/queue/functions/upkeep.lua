-- What every turn does before it claims, so that no process of its own has to: part of `turn`.

local MAX_REAPED = 100
local MAX_PROMOTED = 100
local MAX_EXPIRED = 100
local MAX_CRASHES = 5

-- The worker crashed or froze: the job goes back to its old place, unless it keeps killing workers.
local function take_back(q, member)
  local id = string.match(member, '^(.*):%d+$')
  local held, tries = held_of(q, id), tries_of(q, id)
  tries.crashes = tries.crashes + 1
  drop_lease(q, id, member)
  count(q, 'crashed', 1)
  if is_marked(q, id) then
    end_cancelled(q, id, '0')
    return
  end
  save_tries(q, id, tries)
  if tries.crashes >= (q.policy.maxCrashes or MAX_CRASHES) then
    bury(q, id, held.priority, 'crashed', 'crashed')
  else
    redis.call('ZADD', q.ready, int(held.score), id)
  end
end

-- Leases that expired.
local function reap(q)
  q.next_deadline = first_score(q.lease) or math.huge
  if q.next_deadline > q.now then return end
  q.next_deadline = nil
  local expired = redis.call('ZRANGE', q.lease, '-inf', int(q.now), 'BYSCORE', 'LIMIT', 0, MAX_REAPED)
  for _, member in ipairs(expired) do take_back(q, member) end
end

-- Delayed jobs and retries whose time has come. Who was delayed for the first time and has a key joins its lane only now.
local function promote(q)
  q.next_due = math.floor((first_score(q.delayed) or math.huge) / 10)
  if q.next_due > q.now then return end
  q.next_due = nil
  local due = redis.call('ZRANGE', q.delayed, '-inf', delayed_score(q.now, 0), 'BYSCORE', 'LIMIT', 0, MAX_PROMOTED, 'WITHSCORES')
  local place = take_places(q, #due / 2)
  local ids, ready = {}, {}
  for at = 1, #due, 2 do ids[#ids + 1] = due[at] end
  redis.call('ZREM', q.delayed, unpack(ids))
  local traits = traits_among(q, ids)
  for i, id in ipairs(ids) do
    local priority = 9 - due[2 * i] % 10
    if traits[i] and traits[i].state == STATES.delayed then
      enter(q, id, priority, traits[i], place + i, 0)
    else
      ready[#ready + 1] = ready_score(priority, place + i)
      ready[#ready + 1] = id
    end
  end
  apply('ZADD', q.ready, ready)
  flush(q)
end

-- Names of dedupe and rates of keys whose time is over.
local function forget_expired(q)
  if not is_special(q) then return end
  local members = redis.call('ZRANGE', q.expiry, '-inf', int(q.now_us), 'BYSCORE', 'LIMIT', 0, MAX_EXPIRED)
  if #members == 0 then return end
  local names = {}
  for _, member in ipairs(members) do
    if string.sub(member, 1, 1) == 'd' then names[#names + 1] = string.sub(member, 2) end
  end
  apply('HDEL', q.dedupe, names)
  redis.call('ZREM', q.expiry, unpack(members))
end
