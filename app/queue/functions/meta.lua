-- What a queue knows of itself, in the hash `meta`:
--   books   packed clocks and totals; written by each call that takes a tick or a place, or counts something
--   hints   packed: see below; only saves looking elsewhere. Absent is unknown, so whoever changes something behind the back of
--           the functions that keep it deletes it
--   paused (1, or d: draining), policy (settings as functions need them), revision (of the settings), resumeAt (ms: rate limited
--   until then), tat (see rates.lua), pausedKeys (how many): the rules, which most queues have none of; settings (JSON text)
-- A call reads and writes two fields in place of twenty: that is a good part of what a small call costs.

-- tick, place; totals; number of the present slot of the rates, what was enqueued, done and failed in it
local BOOKS = '>I7I7I6I6I6I6I6I6I6I5I4I4I4'

-- 1 if there are rules; ms before which no delayed job is due, no lease expires, no worker has to be looked at; when workers were
-- looked at last; when the bucket of endings written last expires, and that of results
local HINTS = '>BI6I6I6I6I6I6'
local NEVER = 281474976710655

-- Of `paused`: a paused queue hands out nothing, a draining one takes nothing.
local PAUSED = '1'
local DRAINING = 'd'

-- The settings of a queue as functions need them: `name=number` or `name=word`, separated by spaces (settings.ts writes it).
-- A queue without settings has the defaults of the functions.
local function policy_of(text)
  local policy = {}
  for name, value in string.gmatch(text or '', '(%w+)=(%S+)') do policy[name] = tonumber(value) or value end
  return policy
end

local function read_rules(q)
  local rules = redis.call('HMGET', q.meta, 'paused', 'policy', 'revision', 'resumeAt', 'tat', 'pausedKeys')
  q.is_ruled = false
  for i = 1, 6 do q.is_ruled = q.is_ruled or rules[i] ~= false end
  q.paused, q.draining = rules[1] == PAUSED, rules[1] == DRAINING
  q.policy = policy_of(rules[2])
  q.revision = tonumber(rules[3] or 0)
  q.resume_at = tonumber(rules[4] or 0)
  q.tat = tonumber(rules[5] or 0)
  q.paused_keys = tonumber(rules[6] or 0)
end

local function first_due(q)
  return math.floor((first_score(q.delayed) or 10 * NEVER) / 10)
end

-- What the hints tell, seen for oneself.
local function look_around(q)
  q.next_due = first_due(q)
  q.next_deadline = first_score(q.lease) or NEVER
  q.watch_at, q.looked_at, q.done_expiry, q.result_expiry = NEVER, 0, 0, 0
end

-- For functions that write, and those that need more than the keys. Whoever writes ends with `save`.
local function open(keys)
  local q = named(keys)
  local meta = redis.call('HMGET', q.meta, 'books', 'hints')
  local books = meta[1] and { struct.unpack(BOOKS, meta[1]) } or { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
  q.books, q.tick, q.place = books, books[1], books[2]
  q.hints = meta[2]
  if not q.hints then
    look_around(q)
    read_rules(q)
    return q
  end
  local ruled
  ruled, q.next_due, q.next_deadline, q.watch_at, q.looked_at, q.done_expiry, q.result_expiry = struct.unpack(HINTS, q.hints)
  q.is_ruled = ruled == 1
  if q.is_ruled then read_rules(q) end
  return q
end

local function save_books(q)
  local books = q.books
  books[1], books[2] = q.tick, q.place
  return struct.pack(BOOKS, unpack(books, 1, 13))
end

local function save(q)
  if q.answers then send_answers(q) end
  local hints = struct.pack(HINTS, q.is_ruled and 1 or 0, q.next_due, q.next_deadline, q.watch_at, q.looked_at, q.done_expiry, q.result_expiry)
  local has_news = hints ~= q.hints
  if q.has_booked then
    if has_news then
      redis.call('HSET', q.meta, 'books', save_books(q), 'hints', hints)
    else
      redis.call('HSET', q.meta, 'books', save_books(q))
    end
  elseif has_news then
    redis.call('HSET', q.meta, 'hints', hints)
  end
end

-- To be called by whoever changes the rules of a queue that it has open; others delete the hints.
local function set_rule(q, field, value)
  redis.call('HSET', q.meta, field, value)
  q.is_ruled = true
end

-- Takes `n` numbers that no delivery or death of this queue had before; returns the first.
-- A counter alone would repeat numbers when a promoted replica had not seen its last steps; microseconds alone would repeat
-- within a batch and when the clock is set back. The larger of both repeats only if a replica's clock is behind the
-- primary's by more than the replica lagged, and then the same job would have to hit the same microsecond.
local function next_tick(q)
  return math.max(q.tick + 1, q.now_us)
end

local function take_ticks(q, n)
  local first = next_tick(q)
  q.tick, q.has_booked = first + n - 1, true
  return first
end

-- Takes `n` places at the end of the line, likewise; a place also tells when it was taken.
local function take_places(q, n)
  local before = math.max(q.place, math.floor(q.now_us / US_PER_PLACE) - 1)
  q.place, q.has_booked = before + n, true
  return before
end
