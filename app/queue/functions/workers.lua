-- Workers that beat while they hold leases: when one is silent, its leases go back long before they expire.

local WATCH = {
  silent_ms = 4000,
  -- With nobody looking for longer, Redis was away, or everybody was: then silence says nothing, and all get their time anew.
  max_gap_ms = 2000,
  look_every_ms = 250,
  -- Who waits for work looks when the first worker was silent for so long, and then at every step; both below the gap.
  suspect_ms = 1500,
  step_ms = 1000,
  max_scanned = 250,
  max_taken_back = 100,
}

-- The mark brings somebody who waits, so that somebody watches.
local function enlist(q, worker)
  local is_new = redis.call('ZADD', q.workers, int(q.now), worker) == 1
  if is_new then q.has_new_worker, q.looked_at = true, 0 end
  return is_new
end

-- Since when somebody has looked without a gap.
local function watched_since(q, look, since)
  local gap = q.now - look
  if gap < 0 or gap > WATCH.max_gap_ms then since = q.now end
  if gap < 0 or gap >= WATCH.look_every_ms then redis.call('HSET', q.meta, 'look', int(q.now), 'watchedSince', int(since)) end
  return since
end

-- In pieces: returns the cursor to go on with, `0` at the end.
local function take_back_from(q, worker, cursor)
  local next_cursor, pairs = unpack(redis.call('HSCAN', q.held, cursor, 'COUNT', WATCH.max_scanned))
  local taken = 0
  for at = 1, #pairs, 2 do
    local held = unpack_held(pairs[at + 1])
    if held.worker == worker then
      -- The rest of this piece comes again.
      if taken == WATCH.max_taken_back then return cursor, true end
      take_back(q, pairs[at])
      taken = taken + 1
    end
  end
  return next_cursor, next_cursor ~= '0'
end

local function bury_worker(q, worker, scan)
  local cursor = string.match(scan or '', '^(%d+) (.*)$')
  if not cursor or string.sub(scan, #cursor + 2) ~= worker then cursor = '0' end
  local next_cursor, goes_on = take_back_from(q, worker, cursor)
  q.watch_at = q.now
  if goes_on then
    redis.call('HSET', q.meta, 'scan', next_cursor .. ' ' .. worker)
  else
    redis.call('ZREM', q.workers, worker)
    redis.call('HDEL', q.meta, 'scan')
  end
end

-- Looks at the worker that is silent for the longest, unless somebody did a moment ago.
local function watch(q)
  local ago = q.now - q.looked_at
  if ago >= 0 and ago < WATCH.look_every_ms and q.now < q.watch_at then return end
  q.looked_at, q.watch_at = q.now, NEVER
  local first = redis.call('ZRANGE', q.workers, 0, 0, 'WITHSCORES')
  if not first[1] then return end
  local meta = redis.call('HMGET', q.meta, 'look', 'watchedSince', 'scan')
  local since = watched_since(q, tonumber(meta[1] or 0), tonumber(meta[2] or 0))
  local heard = math.max(tonumber(first[2]), since)
  if q.now - heard > WATCH.silent_ms then return bury_worker(q, first[1], meta[3]) end
  q.watch_at = q.now < heard + WATCH.suspect_ms and heard + WATCH.suspect_ms or q.now + WATCH.step_ms
end
