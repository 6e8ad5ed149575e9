-- enqueue: puts jobs in line. An id that the queue knows in any state keeps its first job.
-- ARGV   for each of at most 500 jobs what known.lua says
-- REPLY  a letter for each job (q queued, d delayed, = duplicate, ~ dropped by dedupe, - refused by a draining queue),
--        revision of the settings, then for each ~ the id of the job that stands for it
-- Writes in any case (the places), so that a WAIT behind it also covers the first write of a duplicate.

-- Nearly all jobs have neither a delay nor options.
local function are_plain(args)
  for at = 2, #args, ARGS_PER_JOB do
    if #args[at] > 1 or string.byte(args[at + 1]) ~= PLAIN_MARK then return false end
  end
  return true
end

-- One plain job, or a few: each is stored first, which says whether it is new. Returns letters, and members and scores.
local function store_each(q, args, place)
  local letters, ready, stamp = {}, {}, struct.pack(STAMP, q.now)
  for i = 1, #args / ARGS_PER_JOB do
    local id = args[ARGS_PER_JOB * i - 2]
    if has_ending(q, id) or redis.call('HSETNX', q.jobs, id, stamp .. args[ARGS_PER_JOB * i]) == 0 then
      letters[i] = '='
    else
      letters[i] = 'q'
      push(ready, ready_score(args[ARGS_PER_JOB * i - 1], place + i), id)
    end
  end
  apply('ZADD', q.ready, ready)
  return letters, #ready / 2
end

-- Some of the jobs were in line before: those stand there with older scores, keep their records, and become duplicates.
-- Returns how many are new.
local function store_new(q, args, letters, ready, records)
  local ids, new, is_new = {}, {}, {}
  for at = 1, #records, 2 do ids[#ids + 1] = records[at] end
  for i, score in ipairs(redis.call('ZMSCORE', q.ready, unpack(ids))) do
    if tonumber(score) == tonumber(ready[2 * i - 1]) then
      is_new[ids[i]] = true
      push(new, ids[i], records[2 * i])
    end
  end
  for i, letter in ipairs(letters) do
    if letter == 'q' and not is_new[args[ARGS_PER_JOB * i - 2]] then letters[i] = '=' end
  end
  apply('HSET', q.jobs, new)
  return #new / 2
end

-- Many plain jobs: put in line all at once, where an older one of the same id keeps its place; then stored.
local function store_many(q, args, place)
  local letters, ids, ready, records, n, stamp = {}, {}, {}, {}, 0, struct.pack(STAMP, q.now)
  for at = 1, #args, ARGS_PER_JOB do ids[#ids + 1] = args[at] end
  local known = known_out_of_line(q, ids)
  for i, id in ipairs(ids) do
    if known[id] then
      letters[i] = '='
    else
      n, known[id], letters[i] = n + 1, true, 'q'
      ready[2 * n - 1], ready[2 * n] = ready_score(args[ARGS_PER_JOB * i - 1], place + i), id
      records[2 * n - 1], records[2 * n] = id, stamp .. args[ARGS_PER_JOB * i]
    end
  end
  if n == 0 then return letters, 0 end
  if redis.call('ZADD', q.ready, 'NX', unpack(ready)) == n then
    redis.call('HSET', q.jobs, unpack(records))
    return letters, n
  end
  return letters, store_new(q, args, letters, ready, records)
end

local function enqueue_plain(q, args)
  local n = #args / ARGS_PER_JOB
  local place = take_places(q, n)
  local store = n > FEW_IDS and store_many or store_each
  local letters, added = store(q, args, place)
  count(q, 'enqueued', added)
  if added > 0 and not q.paused then ring(q) end
  save(q)
  return { table.concat(letters), q.revision }
end

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

-- Jobs of any kind. What is written one by one is seen by the jobs after it.
local function enqueue_mixed(q, args)
  local ids, stamp = {}, struct.pack(STAMP, q.now)
  for at = 1, #args, ARGS_PER_JOB do ids[#ids + 1] = args[at] end
  local known = known_among(q, ids)
  local place = take_places(q, #ids)
  local letters, stands, records, ready = {}, {}, {}, {}
  for i, id in ipairs(ids) do
    local order, text = args[ARGS_PER_JOB * i - 1], args[ARGS_PER_JOB * i]
    local priority, delay_ms = tonumber(string.sub(order, 1, 1)), tonumber(string.sub(order, 2)) or 0
    if known[id] then
      letters[i] = '='
    elseif q.draining then
      letters[i] = '-'
    else
      local traits = new_traits(text, priority)
      if traits then
        letters[i], stands[#stands + 1] = enqueue_special(q, id, stamp .. text, traits, place + i, delay_ms)
      else
        letters[i] = delay_ms > 0 and 'd' or 'q'
        push(records, id, stamp .. text)
        if delay_ms > 0 then delay(q, id, priority, delay_ms) else push(ready, ready_score(priority, place + i), id) end
      end
      known[id] = letters[i] ~= '~'
    end
  end
  apply('HSET', q.jobs, records)
  apply('ZADD', q.ready, ready)
  flush(q)
  count(q, 'enqueued', #records / 2)
  if not q.paused and (#ready > 0 or q.lined_up or q.is_sooner) then ring(q) end
  save(q)
  return { table.concat(letters), q.revision, unpack(stands) }
end

local function enqueue(keys, args)
  local q = open(keys)
  if are_plain(args) and not q.draining then return enqueue_plain(q, args) end
  return enqueue_mixed(q, args)
end

register('enqueue', enqueue)
