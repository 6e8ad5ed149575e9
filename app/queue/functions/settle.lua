-- Settlements of deliveries: part of `turn`. A delivery is settled only by the exact member `id:fence` of the lease set:
-- who lost the lease has no say. The same verdict on the same delivery again is accepted, because an answer may get lost.

local DONE = '>I8I6' -- fence, time in ms

local function held_of(q, id)
  return unpack_held(redis.call('HGET', q.held, id))
end

local function drop_lease(q, id, member)
  redis.call('ZREM', q.lease, member)
  redis.call('HDEL', q.held, id)
end

local function retry_ms(q, s, held, tries, attempt)
  if s.retry_after_ms ~= '' then return tonumber(s.retry_after_ms) end
  return backoff_ms(backoff_of(q, held), attempt, tries.delay_ms)
end

-- The queue hands out nothing for so long: whoever limits the rate limits it for all of its jobs.
local function hold_off(q, ms)
  q.resume_at = math.max(q.resume_at, q.now + ms)
  redis.call('HSET', q.meta, 'resumeAt', int(q.resume_at))
end

-- Nothing was wrong with the job: it comes again later, and no attempt is counted.
local function postpone(q, s, held, tries)
  local delay_ms = retry_ms(q, s, held, tries, tries.attempts + 1)
  save_tries(q, s.id, tries)
  delay(q, s.id, held.priority, delay_ms)
  if s.class == 'rateLimited' then hold_off(q, delay_ms) end
end

local function count_attempt(q, s, held, tries)
  tries.attempts = tries.attempts + 1
  add_error(q, s.id, tries.attempts, s.error)
  count(q, 'failed', 1)
  local dies = s.class == 'never' or tries.attempts >= held.max_attempts
  tries.delay_ms = dies and 0 or retry_ms(q, s, held, tries, tries.attempts)
  save_tries(q, s.id, tries)
  if dies then
    bury(q, s.id, held.priority, s.class == 'never' and 'rejected' or 'failed', s.fingerprint)
  else
    delay(q, s.id, held.priority, tries.delay_ms)
  end
end

local function fail(q, s)
  local held, tries = held_of(q, s.id), tries_of(q, s.id)
  tries.fence, tries.verdict = s.fence, 'f'
  drop_lease(q, s.id, s.member)
  local is_failure = s.class == 'retry' or s.class == 'never'
  local settle_failure = is_failure and count_attempt or postpone
  settle_failure(q, s, held, tries)
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
  leave(q, ids)
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
