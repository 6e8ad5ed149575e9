-- Settlements of deliveries: part of `turn`. A delivery is settled only by the exact member `id:fence` of the lease set:
-- who lost the lease has no say. The same verdict on the same delivery again is accepted, because an answer may get lost.

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

-- Nothing was wrong with the job: it comes again later, and no attempt is counted. One that has a key keeps its slot meanwhile,
-- so its rate limit holds back its key and not the queue.
local function postpone(q, s, held, tries)
  local delay_ms = retry_ms(q, s, held, tries, tries.attempts + 1)
  save_tries(q, s.id, tries)
  delay(q, s.id, held.priority, delay_ms)
  if s.class == 'rateLimited' and held.key == '' then hold_off(q, delay_ms) end
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

-- Returns the ids of those that are marked as cancelled.
local function marked_among(q, ids)
  local marked = {}
  for i, found in ipairs(fetch('SMISMEMBER', q.cancels, ids)) do
    if found == 1 then marked[ids[i]] = true end
  end
  return marked
end

-- Jobs that are over: their leases and records go, their ids and results stay for a while.
local function end_all(q, ids, members, endings, results)
  local bucket = done_bucket(q)
  local ended = redis.call('ZREM', q.lease, unpack(members))
  redis.call('HDEL', q.held, unpack(ids))
  redis.call('HDEL', q.jobs, unpack(ids))
  forget_tries(q, ids)
  leave(q, ids)
  redis.call('HSET', bucket.done, unpack(endings))
  redis.call('PEXPIREAT', bucket.done, bucket.expires_at)
  if #results > 0 then
    redis.call('HSET', bucket.result, unpack(results))
    redis.call('PEXPIREAT', bucket.result, bucket.expires_at)
  end
  return ended
end

-- What was accepted before is accepted again, and with a write, so that a WAIT behind it also covers the first one.
local function accept_again(q, letter)
  if letter then q.ticked = true end
  return letter
end

-- All `done` at once: this is the path of nearly every job. Entries are id, fence, result; the same one twice counts once.
local function finish(q, entries, letters)
  local all, members = {}, {}
  for at = 1, #entries, 3 do
    all[#all + 1] = entries[at]
    members[#members + 1] = entries[at] .. ':' .. entries[at + 1]
  end
  if #members == 0 then return end
  local deadlines, marked = redis.call('ZMSCORE', q.lease, unpack(members)), marked_among(q, all)
  local leased, ids, endings, results, cancelled, n = {}, {}, {}, {}, {}, 0
  for i, member in ipairs(members) do
    local id, fence, result = entries[3 * i - 2], entries[3 * i - 1], entries[3 * i]
    if deadlines[i] then
      n = n + 1
      ids[n], leased[n] = id, member
      endings[2 * n - 1], endings[2 * n] = id, pack_ending(q, fence, marked[id])
      if marked[id] then
        cancelled[#cancelled + 1] = id
      elseif result ~= '' then
        results[#results + 1] = id
        results[#results + 1] = result
      end
    end
    letters[#letters + 1] = deadlines[i] and (marked[id] and 'c' or 'a') or accept_again(q, ended_by(q, id, fence)) or 's'
  end
  if n == 0 then return end
  local ended = end_all(q, ids, leased, endings, results)
  local dropped = #cancelled > 0 and redis.call('SREM', q.cancels, unpack(cancelled)) or 0
  count(q, 'done', ended - dropped)
  if dropped > 0 then count(q, 'cancelled', dropped) end
end

-- `f` or `r` again; an extension again is a new extension, and so needs the lease.
local function was_settled_alike(q, s)
  local tries = tries_of(q, s.id)
  return tries.verdict == s.verdict and int(tries.fence) == s.fence
end

local function settle_again(q, s)
  if was_settled_alike(q, s) then return accept_again(q, 'a') end
  if s.ends_delivery and ended_by(q, s.id, s.fence) == 'c' then return accept_again(q, 'c') end
  return 's'
end

-- Returns the letter of one settlement other than `done`.
local function settle(q, s, settler)
  s.member = s.id .. ':' .. s.fence
  if not redis.call('ZSCORE', q.lease, s.member) then return settle_again(q, s) end
  local is_cancelled = is_marked(q, s.id)
  if is_cancelled and s.ends_delivery then
    drop_lease(q, s.id, s.member)
    end_cancelled(q, s.id, s.fence)
  else
    settler(q, s)
  end
  return is_cancelled and 'c' or 'a'
end
