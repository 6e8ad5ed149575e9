-- What the functions share: the keys of a queue, its clock and its line.
-- Numbers stay below 2^53, so that a Lua number and a score hold them exactly.

-- Every function gets the keys of one queue in this order (keys.ts makes them):
local KEY_NAMES = {
  'jobs',    -- HASH  id -> record: packed header, then the JSON text of the data; until done or purged
  'ready',   -- ZSET  id, score = band of the priority + place in line
  'delayed', -- ZSET  id, score = due ms * 10 + (9 - priority)
  'lease',   -- ZSET  id:fence, score = deadline ms: the one truth on who may settle
  'held',    -- HASH  id -> packed score in ready, priority, maxAttempts, fence, key, dedupe, backoff; then the worker's name; while leased
  'tries',   -- HASH  id -> packed counters and last settlement; only after a failure, crash or release
  'errors',  -- HASH  id -> packed errors of the last attempts
  'done0', 'done1',     -- HASH  id -> packed ending: of jobs done or cancelled; two buckets in turn, each forgotten as a whole
  'result0', 'result1', -- HASH  id -> JSON text of the result, likewise
  'dead',    -- ZSET  id, score = tick of death: unique, so that it serves as cursor
  'deadrec', -- HASH  id -> priority digit, reason letter, fingerprint
  'stats',   -- HASH  totals and the slots of the rates
  'meta',    -- HASH  paused, tick, place; resumeAt (ms: rate limited until then), tat (see rates.lua); settings (JSON text), policy (the
             --       same for functions), revision (of both); a field for each paused key, and pausedKeys: how
             --       many; look, watchedSince (ms), scan: see workers.lua
  'mark',    -- ZSET  the doorbell
  -- Only in queues that use them:
  'traits',  -- HASH  id -> packed state, number, priority, key, dedupe: of each job that has a key or dedupe; until done or purged
  'slots',   -- ZSET  key NUL id, scores 0: jobs of a key that may run now: in line, leased, or waiting for a retry
  'lanes',   -- ZSET  key NUL score id, scores 0: jobs that wait for others of their key; NUL id: for the one that dedupe let run
  'dedupe',  -- HASH  name -> packed mode, end in ms, id of the job that stands for it, id of the one kept to run next
  'expiry',  -- ZSET  what is forgotten at its time in us: `d` and a name of dedupe, `r` and a key with a rate
  'notes',   -- HASH  id -> packed progress and lines of the log; only of jobs whose workers told some
  'cancels', -- SET   ids of leased jobs that are cancelled
  'replays', -- HASH  id -> how often it was replayed; only of jobs that were dead
  'deadkinds', -- ZSET  fingerprint, tick of death and id with a space between them, scores 0
  'audit',   -- LIST  JSON texts: who replayed or purged what, the last one first
  'workers', -- ZSET  worker that beats -> when it was heard last, in ms
}

local PLACES_PER_BAND = 9e14 -- ten bands fit below 2^53; places of 5 us since 1970 fit in a band until the year 2112
local US_PER_PLACE = 5

-- Of `paused` in meta: a paused queue hands out nothing, a draining one takes nothing.
local PAUSED = '1'
local DRAINING = 'd'

-- Numbers go to Redis as text: it would write large ones in its own way, and four times slower.
local function int(number)
  return string.format('%d', number)
end

local function named(keys)
  local q = {}
  for i, name in ipairs(KEY_NAMES) do q[name] = keys[i] end
  local time = redis.call('TIME')
  q.now_us = time[1] * 1000000 + time[2]
  q.now = math.floor(q.now_us / 1000)
  return q
end

-- The settings of a queue as functions need them: `name=number` or `name=word`, separated by spaces (settings.ts writes it).
-- A queue without settings has the defaults of the functions.
local function policy_of(text)
  local policy = {}
  if not text then return policy end
  for name, value in string.gmatch(text, '(%w+)=(%S+)') do policy[name] = tonumber(value) or value end
  return policy
end

-- For functions that write: also the clocks, whether the queue is paused, and its policy.
local function open(keys)
  local q = named(keys)
  local meta = redis.call('HMGET', q.meta, 'paused', 'tick', 'place', 'policy', 'revision', 'resumeAt', 'tat', 'pausedKeys')
  q.paused = meta[1] == PAUSED
  q.draining = meta[1] == DRAINING
  q.tick = tonumber(meta[2] or 0)
  q.place = tonumber(meta[3] or 0)
  q.policy = policy_of(meta[4])
  q.revision = tonumber(meta[5] or 0)
  q.resume_at = tonumber(meta[6] or 0)
  q.tat = tonumber(meta[7] or 0)
  q.paused_keys = tonumber(meta[8] or 0)
  return q
end

local function save_clocks(q)
  if not q.ticked then return end
  redis.call('HSET', q.meta, 'tick', int(q.tick), 'place', int(q.place))
end

-- Takes `n` numbers that no delivery or death of this queue had before; returns the one before the first.
-- A counter alone would repeat numbers when a promoted replica had not seen its last steps; microseconds alone would repeat
-- within a batch and when the clock is set back. The larger of both repeats only if a replica's clock is behind the
-- primary's by more than the replica lagged, and then the same job would have to hit the same microsecond.
local function take_ticks(q, n)
  local before = math.max(q.tick, q.now_us - 1)
  q.tick, q.ticked = before + n, true
  return before
end

-- Takes `n` places at the end of the line, likewise; a place also tells when it was taken.
local function take_places(q, n)
  local before = math.max(q.place, math.floor(q.now_us / US_PER_PLACE) - 1)
  q.place, q.ticked = before + n, true
  return before
end

local function ready_score(priority, place)
  return int((9 - priority) * PLACES_PER_BAND + place)
end

-- The last digit orders jobs of one millisecond by priority and saves reading the record when the job is due.
local function delayed_score(due_ms, priority)
  return int(due_ms * 10 + 9 - priority)
end

local function delay(q, id, priority, delay_ms)
  local due_ms = q.now + delay_ms
  redis.call('ZADD', q.delayed, delayed_score(due_ms, priority), id)
  q.soonest = math.min(q.soonest or math.huge, due_ms)
end

-- Score of the first member, or nil.
local function first_score(key)
  return tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
end

-- Whether a job that was delayed until `due_ms` is the next: then those who wait have to set their timers anew.
local function is_first_due(q, due_ms)
  local next_ms = math.floor((first_score(q.delayed) or -1) / 10)
  return due_ms <= next_ms
end

-- HMGET or ZMSCORE of a list; one cheap command when there is nothing at all.
local function fetch(command, key, members)
  if #members == 0 or redis.call('EXISTS', key) == 0 then return {} end
  return redis.call(command, key, unpack(members))
end

-- HSET, ZADD, ... of a list that may be empty.
local function apply(command, key, list)
  if #list > 0 then redis.call(command, key, unpack(list)) end
end

-- Adds to a command that `flush` sends once for all that came together.
local function later(q, command, key, first, second)
  q.writes = q.writes or {}
  local name = command .. key
  local write = q.writes[name] or { command, key }
  q.writes[name] = write
  write[#write + 1] = first
  write[#write + 1] = second
end

local function flush(q)
  if not q.writes then return end
  for _, write in pairs(q.writes) do redis.call(unpack(write)) end
  q.writes = nil
end
