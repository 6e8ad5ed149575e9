-- Settlements of deliveries: part of `turn`. A delivery is settled only by the fence that is held of the job:
-- who lost the lease has no say. The same verdict on the same delivery again is accepted, because an answer may get lost.

-- Adds what the record says to what is held.
local function facts_of(q, id, held)
  local record = redis.call('HGET', q.jobs, id) or ''
  local key, _, backoff = options_of(record)
  local max_attempts = tonumber(string.match(record, '^[=+]%d(%d+)', STAMP_BYTES + 1)) or 1
  held.key, held.backoff, held.max_attempts, held.task = key, backoff, max_attempts, task_of(record)
  return held
end

local function drop_lease(q, id)
  redis.call('ZREM', q.lease, id)
  redis.call('HDEL', q.held, id)
end

local function retry_ms(q, s, held, tries, attempt)
  if s.retry_after_ms ~= '' then return tonumber(s.retry_after_ms) end
  return backoff_ms(backoff_of(q, held), attempt, tries.delay_ms)
end

-- The queue hands out nothing for so long: whoever limits the rate limits it for all of its jobs.
local function hold_off(q, ms)
  q.resume_at = math.max(q.resume_at, q.now + ms)
  set_rule(q, 'resumeAt', int(q.resume_at))
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
  count(q, 'failed', 1)
  local dies = s.class == 'never' or tries.attempts >= held.max_attempts
  tries.delay_ms = dies and 0 or retry_ms(q, s, held, tries, tries.attempts)
  if held.task and (dies or q.now + tries.delay_ms >= held.task.deadline) then
    end_failed(q, s.id, held.task, s.fence, s.error)
    return
  end
  add_error(q, s.id, tries.attempts, s.error)
  save_tries(q, s.id, tries)
  if dies then
    bury(q, s.id, held.priority, s.class == 'never' and 'rejected' or 'failed', s.fingerprint)
  else
    delay(q, s.id, held.priority, tries.delay_ms)
  end
end

local function fail(q, s)
  local held, tries = facts_of(q, s.id, s.held), tries_of(q, s.id)
  tries.fence, tries.verdict = s.fence, 'f'
  drop_lease(q, s.id)
  local is_failure = s.class == 'retry' or s.class == 'never'
  local settle_failure = is_failure and count_attempt or postpone
  settle_failure(q, s, held, tries)
end

-- The job goes back to its old place in line.
local function release(q, s)
  local tries = tries_of(q, s.id)
  tries.fence, tries.verdict = s.fence, 'r'
  drop_lease(q, s.id)
  save_tries(q, s.id, tries)
  redis.call('ZADD', q.ready, int(s.held.score), s.id)
end

local function extend(q, s)
  local deadline = q.now + s.lease_ms
  redis.call('ZADD', q.lease, int(deadline), s.id)
  q.next_deadline = math.min(q.next_deadline, deadline)
end

-- Returns the ids of those that are marked as cancelled.
local function marked_among(q, ids)
  local marked = {}
  if not has_specials(q) then return marked end
  for i, found in ipairs(fetch('SMISMEMBER', q.cancels, ids)) do
    if found == 1 then marked[ids[i]] = true end
  end
  return marked
end

-- Jobs that are over, from `first` to `last` of the list: their leases and records go, their ids and results stay for a while.
local function end_all(q, list, first, last, endings, results)
  local ended = redis.call('ZREM', q.lease, unpack(list, first, last))
  redis.call('HDEL', q.held, unpack(list, first, last))
  redis.call('HDEL', q.jobs, unpack(list, first, last))
  remember(q, endings, results)
  if has_specials(q) then
    local ids = { unpack(list, first, last) }
    forget_tries(q, ids)
    leave(q, ids)
  end
  return ended
end

-- What was accepted before is accepted again, and with a write, so that a WAIT behind it also covers the first one.
local function accept_again(q, letter)
  if letter then q.has_booked = true end
  return letter
end

-- Those that are not stale, and those of jobs that are cancelled apart. Returns the letters.
local function finish_some(q, args, at, n, stale, marked, endings, results)
  local letters, ids, cancelled = {}, {}, {}
  for i = 1, n do
    local id = args[at + i - 1]
    if stale[i] then
      local how = ended_by(q, id, args[at + n + i - 1])
      letters[i] = accept_again(q, (how == 'a' or how == 'c') and how) or 's'
    else
      letters[i] = marked[id] and 'c' or 'a'
      ids[#ids + 1] = id
      if marked[id] then cancelled[#cancelled + 1] = id end
    end
  end
  if #ids > 0 then
    local ended = end_all(q, ids, 1, #ids, endings, results)
    local dropped = #cancelled > 0 and redis.call('SREM', q.cancels, unpack(cancelled)) or 0
    count(q, 'done', ended - dropped)
    count(q, 'cancelled', dropped)
  end
  return table.concat(letters)
end

-- All `done` at once: this is the path of nearly every job. `n` ids, as many fences, and as many results or none, follow each other
-- from `at` on. The same one twice counts once. Returns the letters.
local function finish(q, args, at, n, has_results)
  local held = redis.call('HMGET', q.held, unpack(args, at, at + n - 1))
  local marked = has_specials(q) and marked_among(q, { unpack(args, at, at + n - 1) }) or {}
  local endings, results, stale = {}, {}, nil
  for i = 1, n do
    local id, fence = args[at + i - 1], args[at + n + i - 1]
    if held[i] and is_fence_of(held[i], fence) then
      endings[#endings + 1] = id
      endings[#endings + 1] = pack_ending(q, fence, marked[id] and 'c' or '')
      if has_results and not marked[id] and args[at + 2 * n + i - 1] ~= '' then
        results[#results + 1] = id
        results[#results + 1] = args[at + 2 * n + i - 1]
      end
      local reply = reply_in(held[i])
      -- Of one that is cancelled, who waited was told then.
      if reply and not marked[id] then answer_done(q, reply, id, has_results and args[at + 2 * n + i - 1] or '') end
    else
      stale = stale or {}
      stale[i] = true
    end
  end
  if not stale and next(marked) == nil then
    count(q, 'done', end_all(q, args, at, at + n - 1, endings, results))
    return string.rep('a', n)
  end
  return finish_some(q, args, at, n, stale or {}, marked, endings, results)
end

-- `f` or `r` again; an extension again is a new extension, and so needs the lease.
local function was_settled_alike(q, s)
  local tries = tries_of(q, s.id)
  return tries.verdict == s.verdict and int(tries.fence) == s.fence
end

local function settle_again(q, s)
  if was_settled_alike(q, s) then return accept_again(q, 'a') end
  local how = s.ends_delivery and ended_by(q, s.id, s.fence)
  if how == 'c' then return accept_again(q, 'c') end
  return s.verdict == 'f' and (how == 'f' or how == 'x') and accept_again(q, 'a') or 's'
end

-- Returns the letter of one settlement other than `done`.
local function settle(q, s, settler)
  local packed = redis.call('HGET', q.held, s.id)
  if not packed or not is_fence_of(packed, s.fence) then return settle_again(q, s) end
  s.held = unpack_held(packed)
  local is_cancelled = is_marked(q, s.id)
  if is_cancelled and s.ends_delivery then
    drop_lease(q, s.id)
    end_cancelled(q, s.id, s.fence)
  else
    settler(q, s)
  end
  return is_cancelled and 'c' or 'a'
end
