-- enqueue: puts jobs in line. An id that the queue knows in any state keeps its first job.
-- ARGV   for each of at most 500 jobs: id, priority, delayMs, maxAttempts, timeoutMs, packed options, JSON text of the data
-- REPLY  a letter for each job (q queued, d delayed, = duplicate, ~ dropped by dedupe, - refused by a draining queue),
--        revision of the settings, then for each ~ the id of the job that stands for it
-- Writes in any case (the counters), so that a WAIT behind it also covers the first write of a duplicate.

-- Returns the letter of a job that has traits and, if it is dropped, the id of the job that stands for it.
local function enqueue_special(q, id, record, traits, place, delay_ms)
  local kept = false
  if traits.dedupe ~= '' then
    local stands
    stands, kept = dedupe(q, id, traits.dedupe, delay_ms)
    if stands then return '~', stands end
  end
  redis.call('HSET', q.jobs, id, record)
  count(q, 'enqueued', 1)
  if kept then
    keep(q, id, traits, q.now + delay_ms)
  else
    enter(q, id, traits.priority, traits, place, delay_ms)
  end
  return delay_ms > 0 and 'd' or 'q'
end

local function enqueue(keys, args)
  local q = open(keys)
  local ids = {}
  for at = 1, #args, ARGS_PER_JOB do ids[#ids + 1] = args[at] end
  local known = known_among(q, ids)
  local place = take_places(q, #ids)
  local statuses, stands, records, ready, delayed, soonest = {}, {}, {}, {}, {}, math.huge

  for i, id in ipairs(ids) do
    local _, priority, delay_ms, max_attempts, timeout_ms, options, data = unpack(args, (i - 1) * ARGS_PER_JOB + 1, i * ARGS_PER_JOB)
    if known[id] then
      statuses[i] = '='
    elseif q.draining then
      statuses[i] = '-'
    else
      known[id] = true
      local record = record_head(priority, max_attempts, timeout_ms, q.now, options) .. data
      local traits = new_traits(options, priority)
      if traits then
        statuses[i], stands[#stands + 1] = enqueue_special(q, id, record, traits, place + i, tonumber(delay_ms))
        known[id] = statuses[i] ~= '~'
      elseif delay_ms == '0' then
        statuses[i] = 'q'
        push(records, id, record)
        push(ready, ready_score(priority, place + i), id)
      else
        statuses[i] = 'd'
        push(records, id, record)
        push(delayed, delayed_score(q.now + delay_ms, priority), id)
        soonest = math.min(soonest, q.now + delay_ms)
      end
    end
  end

  apply('HSET', q.jobs, records)
  apply('ZADD', q.ready, ready)
  apply('ZADD', q.delayed, delayed)
  flush(q)
  count(q, 'enqueued', #records / 2)
  save_counts(q)
  save_clocks(q)
  soonest = math.min(soonest, q.soonest or math.huge)
  if not q.paused and (#ready > 0 or q.lined_up or is_first_due(q, soonest)) then ring(q) end
  return { table.concat(statuses), q.revision, unpack(stands) }
end

register('enqueue', enqueue)
