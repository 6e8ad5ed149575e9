-- Claims: part of `turn`.

local claim

do
  -- Bytes are those of all claims of one turn together; exceeded by one group at most.
  local CLAIM = { max_bytes = 1048576, group = 10, max_rounds = 4, max_expired = 100 }
  -- Parts of a reply before its jobs.
  local REPLY_HEAD = 4

  -- The records of the jobs, in groups, until there are enough of them or they weigh enough.
  local function records_of(q, ids)
    local records = {}
    for from = 1, #ids, CLAIM.group do
      if q.claimed_bytes >= CLAIM.max_bytes then break end
      for _, record in ipairs(redis.call('HMGET', q.jobs, unpack(ids, from, math.min(from + CLAIM.group - 1, #ids)))) do
        records[#records + 1] = record
        if record then q.claimed_bytes = q.claimed_bytes + #record end
      end
    end
    return records
  end

  -- Those from number `from` on go back to where they were.
  local function put_back(q, line, from)
    local ready = {}
    for i = from, #line / 2 do push(ready, line[2 * i], line[2 * i - 1]) end
    apply('ZADD', q.ready, ready)
  end

  -- Whether nothing is against a job now that has options. If something is, the job is put where it waits for that; unless it is a task
  -- whose time is over.
  local function may_run(q, id, score, record, taken)
    local task = task_of(record)
    if task and task.deadline <= q.now then
      taken.expired[#taken.expired + 1] = id
      return false
    end
    if task and task.reply ~= '' then taken.replies[id] = task.reply end
    local key = options_of(record)
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

  -- Takes up to `max` jobs out of the line. Returns whether there may be others in place of some that may not run now, or no more.
  local function take(q, max, taken)
    if q.claimed_bytes >= CLAIM.max_bytes then return false end
    local line, head = take_head(q, max), {}
    for i = 1, #line / 2 do head[i] = line[2 * i - 1] end
    q.is_drained = #head < max
    local records = records_of(q, head)
    if #records < #head then
      put_back(q, line, #records + 1)
      q.is_drained = false
    end
    local lost, held_back = {}, false
    local ids, scores, leases, held, reply = taken.ids, taken.scores, taken.leases, taken.held, taken.reply
    local n, fence, deadline, worker = #ids, taken.fence, taken.deadline, taken.worker
    for i, record in ipairs(records) do
      local id, score = head[i], line[2 * i]
      if not record then
        lost[#lost + 1] = id
      elseif is_plain(record) or may_run(q, id, score, record, taken) then
        n = n + 1
        ids[n], scores[n] = id, score
        leases[2 * n - 1], leases[2 * n] = deadline, id
        held[2 * n - 1], held[2 * n] = id, pack_held(fence + n, score, worker, taken.replies[id])
        reply[2 * n + REPLY_HEAD - 1], reply[2 * n + REPLY_HEAD] = id, record
      else
        held_back = true
      end
    end
    flush(q)
    -- Without a record (evicted under a wrong maxmemory-policy) there is nothing to run.
    if #lost > 0 then leave(q, lost) end
    return held_back
  end

  -- The attempts of the jobs that failed before, or nothing.
  local function attempts_of(q, ids)
    if not has_specials(q) then return '' end
    local attempts = fetch('HMGET', q.tries, ids)
    for i, packed in ipairs(attempts) do attempts[i] = packed and (struct.unpack('>H', packed)) + 1 or 1 end
    return table.concat(attempts, ' ')
  end

  -- Leases the first `max` jobs; for the reply see turn.lua.
  function claim(q, max, lease_ms, worker)
    bound_tat(q)
    max = math.min(max, room_of(q))
    local deadline_ms = q.now + lease_ms
    local reply = { int(deadline_ms), '', '', '' }
    local taken = {
      worker = worker, deadline = reply[1], fence = next_tick(q) - 1, ids = {}, scores = {}, leases = {}, held = {}, reply = reply,
      replies = {}, expired = {},
    }
    local rounds = 0
    while #taken.ids < max and rounds < CLAIM.max_rounds and #taken.expired < CLAIM.max_expired do
      local expired = #taken.expired
      if not take(q, max - #taken.ids, taken) then break end
      -- Tasks that are over must not make the queue look empty.
      if #taken.expired == expired then rounds = rounds + 1 end
    end
    if #taken.expired > 0 then end_expired(q, taken.expired) end
    if #taken.ids == 0 then return reply end
    take_ticks(q, #taken.ids)
    redis.call('ZADD', q.lease, unpack(taken.leases))
    redis.call('HSET', q.held, unpack(taken.held))
    spend(q, #taken.ids)
    q.handed_out = true
    q.next_deadline = math.min(q.next_deadline, deadline_ms)
    reply[2] = int(taken.fence + 1)
    reply[3] = attempts_of(q, taken.ids)
    reply[4] = table.concat(taken.scores, ' ')
    return reply
  end
end
