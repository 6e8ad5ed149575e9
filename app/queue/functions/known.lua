-- What functions that store new jobs share.

local ARGS_PER_JOB = 7

-- Looks where an id may be, and not into `jobs`, whose values are large.
local function known_among(q, ids)
  local known = {}
  local places = {
    fetch('ZMSCORE', q.ready, ids), fetch('ZMSCORE', q.delayed, ids), fetch('HMGET', q.held, ids),
    fetch('ZMSCORE', q.dead, ids), fetch('HMGET', q.done0, ids), fetch('HMGET', q.done1, ids),
    fetch('HMGET', q.traits, ids),
  }
  for _, found in ipairs(places) do
    for i, value in ipairs(found) do
      if value then known[ids[i]] = true end
    end
  end
  return known
end

local function push(list, first, second)
  list[#list + 1] = first
  list[#list + 1] = second
end
