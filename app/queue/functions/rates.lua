-- Limits: how many jobs may be handed out now. Rates by GCRA: `tat` is the time in us at which the jobs handed out so far would
-- have been due at exactly the rate; it may be ahead of the clock by `burst` jobs.

local function interval_us(per_second)
  return 1000000 / per_second
end

-- Never further ahead than the rate can bring it: it may come from other settings, or from before a step of the clock.
local function bounded_tat(q, tat, per_second, burst)
  return math.min(tat, q.now_us + math.ceil(burst * interval_us(per_second)))
end

-- For functions that write. What is out of bounds is set right for good, or it would be at its bound for as long as it is out of it.
local function bound_tat(q)
  local rate = q.policy.ratePerSecond
  if not rate then return end
  local bounded = bounded_tat(q, q.tat, rate, q.policy.burst or 1)
  if bounded == q.tat then return end
  q.tat = bounded
  set_rule(q, 'tat', int(bounded))
end

-- How many jobs the rate of the queue lets pass now.
local function rate_room(q)
  local rate, burst = q.policy.ratePerSecond, q.policy.burst or 1
  local ahead = math.max(0, bounded_tat(q, q.tat, rate, burst) - q.now_us)
  return math.floor(burst - ahead / interval_us(rate) + 0.000001)
end

local function rate_wait_ms(q)
  local rate, burst = q.policy.ratePerSecond, q.policy.burst or 1
  local allowed = bounded_tat(q, q.tat, rate, burst) - (burst - 1) * interval_us(rate)
  return math.max(0, math.ceil((allowed - q.now_us) / 1000))
end

-- How many jobs the queue may hand out now.
local function room_of(q)
  if q.paused or q.resume_at > q.now then return 0 end
  local room = math.huge
  if q.policy.concurrency then room = q.policy.concurrency - redis.call('ZCARD', q.lease) end
  if q.policy.ratePerSecond then room = math.min(room, rate_room(q)) end
  return math.max(0, room)
end

-- Rounded up: a rate is never exceeded.
local function spend(q, n)
  local rate = q.policy.ratePerSecond
  if not rate or n == 0 then return end
  q.tat = math.max(q.now_us, q.tat) + math.ceil(n * interval_us(rate))
  set_rule(q, 'tat', int(q.tat))
end

local function key_rate_wait_ms(q, key)
  local rate = q.policy.keyRatePerSecond
  local score = rate and redis.call('ZSCORE', q.expiry, 'r' .. key)
  if not score then return 0 end
  local tat = tonumber(score)
  local bounded = bounded_tat(q, tat, rate, 1)
  if bounded < tat then redis.call('ZADD', q.expiry, int(bounded), 'r' .. key) end
  return math.max(0, math.ceil((bounded - q.now_us) / 1000))
end

local function spend_of_key(q, key)
  local rate = q.policy.keyRatePerSecond
  if rate then redis.call('ZADD', q.expiry, int(q.now_us + math.ceil(interval_us(rate))), 'r' .. key) end
end

local function paused_field(key)
  return 'paused:' .. key
end

local function is_key_paused(q, key)
  return q.paused_keys > 0 and redis.call('HEXISTS', q.meta, paused_field(key)) == 1
end
