-- What a turn tells those who wait: when to look again, and whether at once.

-- Until when a limit of the queue holds its ready jobs back, or nil.
local function held_back_until(q)
  if q.resume_at > q.now then return q.resume_at end
  return q.policy.ratePerSecond and q.now + rate_wait_ms(q)
end

-- Jobs that can be claimed at once.
local function claimable(q)
  local ready = (q.paused or q.is_drained and not q.lined_up) and 0 or redis.call('ZCARD', q.ready)
  local left = math.min(ready, room_of(q))
  if ready > 0 and left == 0 then q.again_at = held_back_until(q) end
  return left
end

-- Ms until something changes by itself: a delayed job is due, a lease expires, a limit lets jobs pass, a worker that is silent
-- has to be looked at. -1: never. Exact for whoever waits now because his claim found nothing; else perhaps too soon, for what
-- was to come first may be over.
local function next_wake_ms(q)
  if not q.handed_out then q.next_due, q.next_deadline = first_due(q), first_score(q.lease) or NEVER end
  local at = math.min(q.next_due, q.next_deadline, q.again_at or NEVER, q.watch_at)
  return at == NEVER and -1 or math.max(0, at - q.now)
end

-- Who waits may find something, or has to set its timer anew. About limits only a turn that handed out something says so:
-- those who look in vain must not wake each other.
local function must_ring(q, left)
  return left > 0 or q.has_new_worker or q.is_sooner or (q.again_at and q.handed_out)
end
