-- enqueue: puts jobs in line. An id that the queue knows in any state keeps its first job.
-- ARGV   for each of at most 500 jobs: id, priority, delayMs, maxAttempts, timeoutMs, JSON text of the data
-- REPLY  a letter for each job: q queued, d delayed, = duplicate
-- Writes in any case (the counters), so that a WAIT behind it also covers the first write of a duplicate.

local RECORD_HEADER = '>BBHI4I6' -- version, priority, maxAttempts, timeoutMs, enqueuedAt
local RECORD_VERSION = 1
local ARGS_PER_JOB = 6

local function enqueue(keys, args)
  local q = open(keys)
  local ids = {}
  for at = 1, #args, ARGS_PER_JOB do ids[#ids + 1] = args[at] end
  local done0, done1 = fetch(q.done0, ids), fetch(q.done1, ids)
  local place = take_places(q, #ids)
  local statuses, ready, delayed, soonest = {}, {}, {}, nil

  for i, id in ipairs(ids) do
    local at = (i - 1) * ARGS_PER_JOB
    local priority, delay_ms = tonumber(args[at + 2]), tonumber(args[at + 3])
    local header = struct.pack(RECORD_HEADER, RECORD_VERSION, priority, args[at + 4], args[at + 5], q.now)
    if done0[i] or done1[i] or redis.call('HSETNX', q.jobs, id, header .. args[at + 6]) == 0 then
      statuses[i] = '='
    elseif delay_ms > 0 then
      statuses[i] = 'd'
      local score = delayed_score(q.now + delay_ms, priority)
      soonest = math.min(soonest or math.huge, tonumber(score))
      delayed[#delayed + 1] = score
      delayed[#delayed + 1] = id
    else
      statuses[i] = 'q'
      ready[#ready + 1] = ready_score(priority, place + i)
      ready[#ready + 1] = id
    end
  end

  apply('ZADD', q.ready, ready)
  apply('ZADD', q.delayed, delayed)
  local added = (#ready + #delayed) / 2
  count(q, 'enqueued', added)
  count(q, 'duplicate', #ids - added)
  save_counts(q)
  save_clocks(q)
  if not q.paused and (#ready > 0 or (soonest and soonest <= first_score(q.delayed))) then ring(q) end
  return table.concat(statuses)
end

register('enqueue', enqueue)
