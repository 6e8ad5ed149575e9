-- What is known by id of a job that has a key or dedupe, from its enqueue until it is done or purged. Other jobs have no traits.

local TRAITS = '>c1I7BBc0Bc0' -- state, number, priority, key, dedupe
local STATES = {
  in_line = 'l', -- holds a slot of its key, if it has a key: in line, leased, or waiting for a retry
  behind = 'b',  -- in the lane of its key; the number is its score there
  delayed = 'd', -- for the first time: it comes into line when it is due
  kept = 'k',    -- by dedupe, to come into line after the job that is under way; the number is when it is due in ms
  dead = 'x',
}

local function pack_traits(traits)
  local key, dedupe = traits.key, traits.dedupe
  return struct.pack(TRAITS, traits.state, traits.number or 0, traits.priority, #key, key, #dedupe, dedupe)
end

local function unpack_traits(packed)
  local state, number, priority, key, dedupe = struct.unpack(TRAITS, packed)
  return { state = state, number = number, priority = priority, key = key, dedupe = dedupe }
end

local function save_traits(q, id, traits, state, number)
  traits.state, traits.number = state, number
  later(q, 'HSET', q.traits, id, pack_traits(traits))
  q.specials = true
end

-- Whether any job has traits, or anything is to be forgotten at its time: true of few queues, and asked once in a call.
local function is_special(q)
  if q.special == nil then q.special = has_specials(q) and redis.call('EXISTS', q.traits, q.expiry) > 0 end
  return q.special
end

-- For each id its traits or false. One cheap command in a queue that has none.
local function traits_among(q, ids)
  local found = {}
  for i, packed in ipairs(fetch('HMGET', q.traits, ids)) do found[i] = packed and unpack_traits(packed) end
  return found
end

-- Traits of a new job by the text of its record, or false for nearly all jobs.
local function new_traits(text, priority)
  local key, dedupe_text = options_in(text)
  return (key ~= '' or dedupe_text ~= '') and { key = key, dedupe = dedupe_text, priority = tonumber(priority) }
end
