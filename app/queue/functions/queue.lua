-- What the functions share: the keys of a queue, its clock and its line.
-- Numbers stay below 2^53, so that a Lua number and a score hold them exactly.

-- The keys of a queue by their names; keys.ts has the same. All begin with `ml:{queue}:`, a name follows:
local KEY_NAMES = {
  jobs = 'jobs',       -- HASH  id -> record: see record.lua; until done or purged
  ready = 'ready',     -- ZSET  id, score = band of the priority + place in line
  delayed = 'delayed', -- ZSET  id, score = due ms * 10 + (9 - priority)
  lease = 'lease',     -- ZSET  id, score = deadline ms
  held = 'held',       -- HASH  id -> packed fence and score in ready; then the worker's name; of each job in `lease`: who may settle
  tries = 'tries',     -- HASH  id -> packed counters and last settlement; only after a failure, crash or release
  errors = 'errors',   -- HASH  id -> packed errors of the last attempts
  done0 = 'done:0', done1 = 'done:1', -- HASH  id -> packed ending: of jobs done or cancelled; two buckets in turn, each forgotten as a whole
  result0 = 'result:0', result1 = 'result:1', -- HASH  id -> JSON text of the result, likewise
  dead = 'dead',       -- ZSET  id, score = tick of death: unique, so that it serves as cursor
  deadrec = 'deadrec', -- HASH  id -> priority digit, reason letter, fingerprint
  stats = 'stats',     -- HASH  totals that seldom grow, and the slots of the rates that are over
  meta = 'meta',       -- HASH  see meta.lua; also a field for each paused key, and of workers.lua: look, watchedSince (ms), scan
  mark = 'mark',       -- ZSET  the doorbell
  -- Only in queues that use them:
  traits = 'traits',   -- HASH  id -> packed state, number, priority, key, dedupe: of each job that has a key or dedupe; until done or purged
  slots = 'slots',     -- ZSET  key NUL id, scores 0: jobs of a key that may run now: in line, leased, or waiting for a retry
  lanes = 'lanes',     -- ZSET  key NUL score id, scores 0: jobs that wait for others of their key; NUL id: for the one that dedupe let run
  dedupe = 'dedupe',   -- HASH  name -> packed mode, end in ms, id of the job that stands for it, id of the one kept to run next
  expiry = 'expiry',   -- ZSET  what is forgotten at its time in us: `d` and a name of dedupe, `r` and a key with a rate
  notes = 'notes',     -- HASH  id -> packed progress and lines of the log; only of jobs whose workers told some
  cancels = 'cancels', -- SET   ids of leased jobs that are cancelled
  replays = 'replays', -- HASH  id -> how often it was replayed; only of jobs that were dead
  deadkinds = 'deadkinds', -- ZSET  fingerprint, tick of death and id with a space between them, scores 0
  audit = 'audit',     -- LIST  JSON texts: who replayed or purged what, the last one first
  workers = 'workers', -- ZSET  worker that beats -> when it was heard last, in ms
}

local PLACES_PER_BAND = 9e14 -- ten bands fit below 2^53; places of 5 us since 1970 fit in a band until the year 2112
local US_PER_PLACE = 5

-- Numbers go to Redis as text: it would write large ones in its own way, and four times slower.
local function int(number)
  return string.format('%d', number)
end

-- The first key of a call is `meta`, and the others follow from it: naming all of them would cost a small call more than its
-- work does. The rights of a user are looked at by each command anyway. Only a cluster has to know all keys beforehand,
-- because a slot that moves has some of them elsewhere: there each call names them all.
local MAX_KNOWN_QUEUES = 1000
local known_queues, known_count = {}, 0
-- Of a queue without rules (see meta.lua).
local NO_RULES = { paused = false, draining = false, policy = {}, revision = 0, resume_at = 0, tat = 0, paused_keys = 0 }

local function keys_beside(meta_key)
  local keys = known_queues[meta_key]
  if keys then return keys end
  keys = {}
  for name, value in pairs(NO_RULES) do keys[name] = value end
  local prefix = string.sub(meta_key, 1, -1 - #KEY_NAMES.meta)
  for name, rest in pairs(KEY_NAMES) do keys[name] = prefix .. rest end
  if known_count == MAX_KNOWN_QUEUES then known_queues, known_count = {}, 0 end
  known_queues[meta_key], known_count = { __index = keys }, known_count + 1
  return known_queues[meta_key]
end

-- The queue as a function sees it: its keys, and what the call knows and changes.
local function named(keys)
  local time = redis.call('TIME')
  local now_us = time[1] * 1000000 + time[2]
  return setmetatable({ now_us = now_us, now = math.floor(now_us / 1000) }, keys_beside(keys[1]))
end

local function ready_score(priority, place)
  return int((9 - priority) * PLACES_PER_BAND + place)
end

local function priority_of(score)
  return 9 - math.floor(score / PLACES_PER_BAND)
end

-- The last digit orders jobs of one millisecond by priority and saves reading the record when the job is due.
local function delayed_score(due_ms, priority)
  return int(due_ms * 10 + 9 - priority)
end

local function delay(q, id, priority, delay_ms)
  local due_ms = q.now + delay_ms
  redis.call('ZADD', q.delayed, delayed_score(due_ms, priority), id)
  if due_ms < q.next_due then q.next_due, q.is_sooner = due_ms, true end
end

-- Score of the first member, or nil.
local function first_score(key)
  return tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
end

local function push(list, first, second)
  list[#list + 1] = first
  list[#list + 1] = second
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

-- Whether any job of the queue has a story, traits or a mark: false of most queues most of the time, and asked once in a call.
-- Whoever gives it the first one says so in `specials`.
local function has_specials(q)
  if q.specials == nil then q.specials = redis.call('EXISTS', q.tries, q.notes, q.replays, q.traits, q.expiry, q.cancels) > 0 end
  return q.specials
end
