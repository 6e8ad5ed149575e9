-- Why a job waits although it is not delayed; part of `job`. A word and perhaps a value, or false when it waits for nothing but a
-- worker and those before it.

-- One of the jobs that keep a key busy.
local function holder_of(q, key)
  local from, to = range_of(key)
  local member = redis.call('ZRANGE', q.slots, from, to, 'BYLEX', 'LIMIT', 0, 1)[1]
  return member and string.sub(member, #key + 2)
end

local function job_under_way(q, traits)
  local entry = entry_of(q, parse_dedupe(traits.dedupe).name)
  return entry and entry.id
end

local function reason_of_key(q, traits)
  if is_key_paused(q, traits.key) then return 'key_paused' end
  if traits.state == STATES.behind then return 'key_busy', holder_of(q, traits.key) end
  return false
end

local function reason_of_queue(q)
  if q.resume_at > q.now then return 'rate', int(q.resume_at) end
  if room_of(q) > 0 then return false end
  if q.policy.ratePerSecond and rate_room(q) < 1 then return 'rate', int(q.now + rate_wait_ms(q)) end
  return 'concurrency'
end

local function reason_to_wait(q, traits)
  if q.paused then return 'queue_paused' end
  if traits and traits.state == STATES.kept then return 'kept', job_under_way(q, traits) end
  local word, value = false, nil
  if traits and traits.key ~= '' then word, value = reason_of_key(q, traits) end
  if word then return word, value end
  return reason_of_queue(q)
end
