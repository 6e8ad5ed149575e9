-- Order per key. At most `keyConcurrency` jobs of a key have a slot: they are in line, leased, or wait for a retry. The others
-- wait in the lane of their key, by priority and then in the order they came. Who gets a slot takes a place at the end of the
-- line: so keys take turns, however long their lanes are.

-- More than one, so that a lane catches up when `keyConcurrency` was raised.
local MAX_FILLED = 10
local MAX_OVERTAKEN = 10
-- Less than any place since 2013, more than any two jobs are apart.
local FRONT_PLACES = 2.7e14

local function slot_member(key, id)
  return key .. '\0' .. id
end

-- Of fixed width and by the strict order of priorities, so that the order of the bytes is the order of the lane.
local function lane_member(key, score, id)
  return key .. '\0' .. string.format('%016d', score) .. id
end

local function kept_member(id)
  return '\0' .. id
end

-- The range of the members of a key: no key holds control characters.
local function range_of(key)
  return '[' .. key .. '\0', '(' .. key .. '\1'
end

-- How full the lane of a key is: read once in a call, then kept up to date.
local function lane_of(q, key)
  q.lanes_seen = q.lanes_seen or {}
  local lane = q.lanes_seen[key]
  if not lane then
    local from, to = range_of(key)
    lane = {
      used = redis.call('ZLEXCOUNT', q.slots, from, to),
      waiting = redis.call('ZLEXCOUNT', q.lanes, from, to),
      paused = is_key_paused(q, key),
    }
    q.lanes_seen[key] = lane
  end
  return lane
end

local function room_in(q, lane)
  return lane.paused and 0 or (q.policy.keyConcurrency or 1) - lane.used
end

local function line_up(q, id, priority, place)
  later(q, 'ZADD', q.ready, ready_score(priority, place), id)
  q.lined_up = true
end

-- Gives a job a slot of its key, and a place in line as soon as the rate of the key allows it.
local function admit(q, id, traits, place)
  local lane = lane_of(q, traits.key)
  lane.used = lane.used + 1
  save_traits(q, id, traits, STATES.in_line)
  later(q, 'ZADD', q.slots, 0, slot_member(traits.key, id))
  local wait_ms = key_rate_wait_ms(q, traits.key)
  if wait_ms > 0 then
    delay(q, id, traits.priority, wait_ms)
  else
    line_up(q, id, traits.priority, place)
  end
end

local function wait_behind(q, id, traits, score)
  local lane = lane_of(q, traits.key)
  lane.waiting = lane.waiting + 1
  save_traits(q, id, traits, STATES.behind, tonumber(score))
  later(q, 'ZADD', q.lanes, 0, lane_member(traits.key, score, id))
end

-- A job that was taken out of the line gives its slot back, and waits: before all others of its key and priority, because it
-- had its turn. (Perhaps it was tried already; then its place in line is younger than theirs.)
local function step_back(q, id, key, score)
  local traits = unpack_traits(redis.call('HGET', q.traits, id))
  local lane = lane_of(q, key)
  lane.used = lane.used - 1
  later(q, 'ZREM', q.slots, slot_member(key, id))
  wait_behind(q, id, traits, score - FRONT_PLACES)
end

-- Slots for the first of a lane, as far as there are any. Reads what is written: `flush` before.
local function fill(q, key, limit)
  local lane = lane_of(q, key)
  local room = math.min(limit, room_in(q, lane), lane.waiting)
  if room <= 0 then return end
  -- By rank: Redis answers a range of ranks several times faster than one of names.
  local before = redis.call('ZLEXCOUNT', q.lanes, '-', (range_of(key)))
  local members = redis.call('ZRANGE', q.lanes, before, before + room - 1)
  local place = take_places(q, #members)
  for i, member in ipairs(members) do
    local id = string.sub(member, #key + 18)
    lane.waiting = lane.waiting - 1
    later(q, 'ZREM', q.lanes, member)
    admit(q, id, unpack_traits(redis.call('HGET', q.traits, id)), place + i)
  end
end

-- A job of higher priority comes before one of its key that has a slot and that nobody has claimed yet.
local function overtake(q, key, score)
  flush(q)
  local from, to = range_of(key)
  local ids = redis.call('ZRANGE', q.slots, from, to, 'BYLEX', 'LIMIT', 0, MAX_OVERTAKEN)
  for i, member in ipairs(ids) do ids[i] = string.sub(member, #key + 2) end
  local last, last_score = nil, tonumber(score)
  for i, its in ipairs(fetch('ZMSCORE', q.ready, ids)) do
    if its and tonumber(its) > last_score then last, last_score = ids[i], tonumber(its) end
  end
  if not last then return end
  redis.call('ZREM', q.ready, last)
  step_back(q, last, key, last_score)
  flush(q)
  fill(q, key, 1)
end

-- A job that has a key comes into line, or behind others of its key.
local function join_lane(q, id, traits, place)
  local lane = lane_of(q, traits.key)
  if lane.waiting == 0 and room_in(q, lane) > 0 then return admit(q, id, traits, place) end
  local score = ready_score(traits.priority, place)
  wait_behind(q, id, traits, score)
  if room_in(q, lane) > 0 then
    flush(q)
    fill(q, traits.key, MAX_FILLED)
  elseif traits.priority > 0 and not lane.paused then
    overtake(q, traits.key, score)
  end
end

-- A job comes into line, in `wait_ms` or at once. `traits` is false for most jobs. `flush` afterwards.
local function enter(q, id, priority, traits, place, wait_ms)
  if wait_ms > 0 then
    if traits then save_traits(q, id, traits, STATES.delayed) end
    delay(q, id, priority, wait_ms)
  elseif traits and traits.key ~= '' then
    join_lane(q, id, traits, place)
  else
    if traits then save_traits(q, id, traits, STATES.in_line) end
    line_up(q, id, priority, place)
  end
end

-- Returns the key whose slot is free now, if any.
local function leave_lane(q, id, traits)
  if traits.key == '' then return end
  local lane = lane_of(q, traits.key)
  if traits.state == STATES.behind then
    lane.waiting = lane.waiting - 1
    later(q, 'ZREM', q.lanes, lane_member(traits.key, traits.number, id))
  elseif traits.state == STATES.in_line then
    lane.used = lane.used - 1
    later(q, 'ZREM', q.slots, slot_member(traits.key, id))
    return traits.key
  end
end
