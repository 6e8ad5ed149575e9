-- enqueue: puts jobs in line. An id that the queue knows in any state keeps its first job.
-- ARGV   for each of at most 500 jobs: id, priority, delayMs, maxAttempts, timeoutMs, JSON text of the data
-- REPLY  a letter for each job: q queued, d delayed, = duplicate
-- Writes in any case (the counters), so that a WAIT behind it also covers the first write of a duplicate.

local RECORD_HEADER = '>BBHI4I6' -- version, priority, maxAttempts, timeoutMs, enqueuedAt
local RECORD_VERSION = 1
local ARGS_PER_JOB = 6

-- Looks where an id may be, and not into `jobs`, whose values are large.
local function known_among(q, ids)
  local known = {}
  local places = {
    fetch('ZMSCORE', q.ready, ids), fetch('ZMSCORE', q.delayed, ids), fetch('HMGET', q.held, ids),
    fetch('ZMSCORE', q.dead, ids), fetch('HMGET', q.done0, ids), fetch('HMGET', q.done1, ids),
  }
  for _, found in ipairs(places) do
    for i, value in ipairs(found) do
      if value then known[ids[i]] = true end
    end
  end
  return known
end

local function enqueue(keys, args)
  local q = open(keys)
  local ids = {}
  for at = 1, #args, ARGS_PER_JOB do ids[(at + 5) / ARGS_PER_JOB] = args[at] end
  local known = known_among(q, ids)
  local place = take_places(q, #ids)
  local statuses, records, ready, delayed, added, soonest = {}, {}, {}, {}, 0, math.huge

  for i, id in ipairs(ids) do
    if known[id] then
      statuses[i] = '='
    else
      known[id] = true
      local at = (i - 1) * ARGS_PER_JOB
      local priority, delay_ms = tonumber(args[at + 2]), tonumber(args[at + 3])
      added = added + 1
      records[2 * added - 1] = id
      records[2 * added] = struct.pack(RECORD_HEADER, RECORD_VERSION, priority, args[at + 4], args[at + 5], q.now) .. args[at + 6]
      if delay_ms > 0 then
        statuses[i] = 'd'
        local score = delayed_score(q.now + delay_ms, priority)
        soonest = math.min(soonest, tonumber(score))
        delayed[#delayed + 1] = score
        delayed[#delayed + 1] = id
      else
        statuses[i] = 'q'
        ready[#ready + 1] = ready_score(priority, place + i)
        ready[#ready + 1] = id
      end
    end
  end

  apply('HSET', q.jobs, records)
  apply('ZADD', q.ready, ready)
  apply('ZADD', q.delayed, delayed)
  count(q, 'enqueued', added)
  count(q, 'duplicate', #ids - added)
  save_counts(q)
  save_clocks(q)
  if not q.paused and (#ready > 0 or (#delayed > 0 and soonest <= first_score(q.delayed))) then ring(q) end
  return table.concat(statuses)
end

register('enqueue', enqueue)
