-- Claims: part of `turn`.

local MAX_CLAIM_BYTES = 1048576 -- of all claims of one turn together; exceeded by one group at most
local CLAIM_GROUP = 10
local MAX_CLAIM_ROUNDS = 4

-- The records of the first of the line, in groups, until there are enough of them or they weigh enough.
local function records_of(q, line)
  local records = {}
  for from = 1, #line, 2 * CLAIM_GROUP do
    if q.claimed_bytes >= MAX_CLAIM_BYTES then break end
    local ids = {}
    for at = from, math.min(from + 2 * CLAIM_GROUP, #line) - 1, 2 do ids[#ids + 1] = line[at] end
    for _, record in ipairs(redis.call('HMGET', q.jobs, unpack(ids))) do
      records[#records + 1] = record
      q.claimed_bytes = q.claimed_bytes + #(record or '')
    end
  end
  return records
end

local function attempts_of(packed)
  return packed and (struct.unpack('>H', packed)) or 0
end

-- Whether nothing is against a job of a key now. If something is, the job is put where it waits for that.
local function may_run(q, id, score, record)
  local key = options_in(record)
  if key == '' then return true end
  if is_key_paused(q, key) then
    step_back(q, id, key, tonumber(score))
    return false
  end
  local wait_ms = key_rate_wait_ms(q, key)
  if wait_ms > 0 then
    delay(q, id, priority_of(score), wait_ms)
    return false
  end
  spend_of_key(q, key)
  return true
end

-- Takes up to `max` jobs out of the line. Returns whether there may be others in place of some that may not run now.
local function take(q, max, taken)
  local line = head_of_line(q, max)
  local records = #line > 0 and records_of(q, line) or {}
  -- Claims before this one in the turn took all the bytes there are.
  if #records == 0 then return false end
  take_out(q, line, #records)
  local tick, lost, held_back = take_ticks(q, #records), {}, false
  local ids, leases, held, reply = taken.ids, taken.leases, taken.held, taken.reply
  for i, record in ipairs(records) do
    local id, score = line[2 * i - 1], line[2 * i]
    if not record then
      lost[#lost + 1] = id
    elseif not has_options(record) or may_run(q, id, score, record) then
      local fence, n = int(tick + i), #ids + 1
      ids[n], taken.scores[n] = id, score
      leases[2 * n - 1], leases[2 * n] = reply[1], id .. ':' .. fence
      held[2 * n - 1], held[2 * n] = id, pack_held(score, record, tick + i, taken.worker)
      reply[4 * n - 2], reply[4 * n - 1], reply[4 * n], reply[4 * n + 1] = id, fence, 1, record
    else
      held_back = true
    end
  end
  flush(q)
  -- Without a record (evicted under a wrong maxmemory-policy) there is nothing to run.
  if #lost > 0 then leave(q, lost) end
  return held_back
end

-- Leases the first `max` jobs: the reply is the deadline, then for each job its id, fence, attempt and record, then the scores
-- that they had in line, separated by spaces: they tell how long each stood there.
local function claim(q, max, lease_ms, worker)
  local taken = { worker = worker, ids = {}, scores = {}, leases = {}, held = {}, reply = { int(q.now + lease_ms) } }
  bound_tat(q)
  max = math.min(max, room_of(q))
  for _ = 1, MAX_CLAIM_ROUNDS do
    if #taken.ids >= max or not take(q, max - #taken.ids, taken) then break end
  end
  apply('ZADD', q.lease, taken.leases)
  apply('HSET', q.held, taken.held)
  for i, packed in ipairs(fetch('HMGET', q.tries, taken.ids)) do taken.reply[4 * i] = attempts_of(packed) + 1 end
  if #taken.ids > 0 then
    spend(q, #taken.ids)
    q.handed_out = true
    q.soonest_deadline = math.min(q.soonest_deadline or math.huge, q.now + lease_ms)
  end
  taken.reply[4 * #taken.ids + 2] = table.concat(taken.scores, ' ')
  return taken.reply
end
