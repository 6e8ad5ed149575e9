-- What functions that store new jobs share.

-- The arguments of a job: its id; its priority, one digit, and behind it the ms it is delayed, if it is; and the text of its
-- record (see record.lua).
local ARGS_PER_JOB = 3

-- A look for each id costs less than one at each place, as long as there are few.
local FEW_IDS = 3

local function has_ending(q, id)
  if redis.call('EXISTS', q.done0, q.done1) == 0 then return false end
  return redis.call('HEXISTS', q.done0, id) == 1 or redis.call('HEXISTS', q.done1, id) == 1
end

-- Those that the queue knows, the jobs in line excepted. They are looked for where ids are, and not in `jobs`, whose values are large.
local function known_out_of_line(q, ids)
  local known = {}
  if redis.call('EXISTS', q.delayed, q.held, q.dead, q.done0, q.done1, q.traits) == 0 then return known end
  local places = {
    fetch('ZMSCORE', q.delayed, ids), fetch('HMGET', q.held, ids), fetch('ZMSCORE', q.dead, ids),
    fetch('HMGET', q.done0, ids), fetch('HMGET', q.done1, ids), fetch('HMGET', q.traits, ids),
  }
  for _, found in ipairs(places) do
    for i, value in ipairs(found) do
      if value then known[ids[i]] = true end
    end
  end
  return known
end

local function known_among(q, ids)
  if #ids > FEW_IDS then
    local known = known_out_of_line(q, ids)
    for i, score in ipairs(fetch('ZMSCORE', q.ready, ids)) do
      if score then known[ids[i]] = true end
    end
    return known
  end
  local known = {}
  for _, id in ipairs(ids) do known[id] = redis.call('HEXISTS', q.jobs, id) == 1 or has_ending(q, id) end
  return known
end
