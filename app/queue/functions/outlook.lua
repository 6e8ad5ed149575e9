-- What a turn tells those who wait: when to look again, and whether at once.

-- Until when a limit of the queue holds its ready jobs back, or nil.
local function held_back_until(q)
  if q.resume_at > q.now then return q.resume_at end
  return q.policy.ratePerSecond and q.now + rate_wait_ms(q)
end

-- Jobs that can be claimed at once.
local function claimable(q)
  local ready = q.paused and 0 or redis.call('ZCARD', q.ready)
  local left = math.min(ready, room_of(q))
  if ready > 0 and left == 0 then q.again_at = held_back_until(q) end
  return left
end

-- What the upkeep saw of the delayed jobs and the leases, and what came later in the call; read anew if the upkeep changed them.
local function next_due(q)
  if q.next_due then return math.min(q.next_due, q.soonest or math.huge) end
  return math.floor((first_score(q.delayed) or math.huge) / 10)
end

local function next_deadline(q)
  if q.next_deadline then return math.min(q.next_deadline, q.soonest_deadline or math.huge) end
  return first_score(q.lease) or math.huge
end

-- Ms until something changes by itself: a delayed job is due, a lease expires, a limit lets jobs pass, a worker that is silent
-- has to be looked at. -1: never.
local function next_wake_ms(q)
  local at = math.min(next_due(q), next_deadline(q), q.again_at or math.huge, q.watch_at or math.huge)
  return at == math.huge and -1 or math.max(0, at - q.now)
end

-- Who waits may find something, or has to set its timer anew. About limits only a turn that handed out something says so:
-- those who look in vain must not wake each other.
local function must_ring(q, left)
  if left > 0 or q.has_new_worker or (q.again_at and q.handed_out) then return true end
  return q.soonest and is_first_due(q, q.soonest)
end
