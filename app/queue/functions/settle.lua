-- Settlements of deliveries: part of `turn`. A delivery is settled only by the exact member `id:fence` of the lease set:
-- who lost the lease has no say. The same verdict on the same delivery again is accepted, because an answer may get lost.

local DONE = '>I8I6' -- fence, time in ms
local BACKOFF_BASE_MS = 1000
local BACKOFF_CAP_MS = 300000

local function held_of(q, id)
  return unpack_held(redis.call('HGET', q.held, id))
end

local function drop_lease(q, id, member)
  redis.call('ZREM', q.lease, member)
  redis.call('HDEL', q.held, id)
end

local function delay(q, id, priority, delay_ms)
  local due_ms = q.now + delay_ms
  redis.call('ZADD', q.delayed, delayed_score(due_ms, priority), id)
  q.soonest = math.min(q.soonest or math.huge, due_ms)
end

-- Exponential with full jitter: a herd that failed together does not come back together.
local function backoff_ms(attempts)
  return math.floor(math.random() * math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ^ (attempts - 1)))
end

local function fail(q, s)
  local held, tries = held_of(q, s.id), tries_of(q, s.id)
  tries.attempts, tries.fence, tries.verdict = tries.attempts + 1, s.fence, 'f'
  drop_lease(q, s.id, s.member)
  save_tries(q, s.id, tries)
  add_error(q, s.id, tries.attempts, s.error)
  count(q, 'failed', 1)
  if s.retry == 'never' then
    bury(q, s.id, held.priority, 'rejected', s.fingerprint)
  elseif tries.attempts >= held.max_attempts then
    bury(q, s.id, held.priority, 'failed', s.fingerprint)
  else
    delay(q, s.id, held.priority, s.retry == 'backoff' and backoff_ms(tries.attempts) or tonumber(s.retry))
  end
end

-- The job goes back to its old place in line.
local function release(q, s)
  local tries = tries_of(q, s.id)
  tries.fence, tries.verdict = s.fence, 'r'
  local score = held_of(q, s.id).score
  drop_lease(q, s.id, s.member)
  save_tries(q, s.id, tries)
  redis.call('ZADD', q.ready, int(score), s.id)
end

local function extend(q, s)
  redis.call('ZADD', q.lease, int(q.now + s.lease_ms), s.member)
end

-- The bucket of the present window. It lives to the end of the next one, so an id is remembered for one window at least and
-- two at most, and forgetting is one expiry instead of a sweep.
local function done_bucket(q, window_ms)
  local window = math.floor(q.now / window_ms)
  local bucket = window % 2
  return { done = q['done' .. bucket], result = q['result' .. bucket], expires_at = int((window + 2) * window_ms) }
end

local function was_done(q, id, fence)
  for _, bucket in ipairs({ q.done0, q.done1 }) do
    local packed = redis.call('HGET', bucket, id)
    if packed and int((struct.unpack(DONE, packed))) == fence then return true end
  end
  return false
end

-- All `done` at once: this is the path of nearly every job. Entries are id, fence, result; the same one twice counts once.
local function finish(q, entries, window_ms, letters)
  local members, leased, ids, done, results, n = {}, {}, {}, {}, {}, 0
  for at = 1, #entries, 3 do members[#members + 1] = entries[at] .. ':' .. entries[at + 1] end
  local deadlines = fetch('ZMSCORE', q.lease, members)
  for i, member in ipairs(members) do
    local id, fence, result = entries[3 * i - 2], entries[3 * i - 1], entries[3 * i]
    if deadlines[i] then
      n = n + 1
      ids[n], leased[n] = id, member
      done[2 * n - 1], done[2 * n] = id, struct.pack(DONE, fence, q.now)
      if result ~= '' then
        results[#results + 1] = id
        results[#results + 1] = result
      end
    end
    letters[i] = (deadlines[i] or was_done(q, id, fence)) and 'a' or 's'
  end
  if n == 0 then return end
  local bucket = done_bucket(q, window_ms)
  count(q, 'done', redis.call('ZREM', q.lease, unpack(leased)))
  redis.call('HDEL', q.held, unpack(ids))
  redis.call('HDEL', q.jobs, unpack(ids))
  forget_tries(q, ids)
  redis.call('HSET', bucket.done, unpack(done))
  redis.call('PEXPIREAT', bucket.done, bucket.expires_at)
  if #results > 0 then
    redis.call('HSET', bucket.result, unpack(results))
    redis.call('PEXPIREAT', bucket.result, bucket.expires_at)
  end
end

-- `f` or `r` again; an extension again is a new extension, and so needs the lease.
local function was_settled_alike(q, s)
  local tries = tries_of(q, s.id)
  return tries.verdict == s.verdict and int(tries.fence) == s.fence
end

-- Returns the letter of one settlement other than `done`.
local function settle(q, s, settler)
  s.member = s.id .. ':' .. s.fence
  if not redis.call('ZSCORE', q.lease, s.member) then return was_settled_alike(q, s) and 'a' or 's' end
  settler(q, s)
  return 'a'
end
