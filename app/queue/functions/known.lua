-- What functions that store new jobs share.

local ARGS_PER_JOB = 7

-- A look for each id costs less than one at each place, as long as there are few.
local FEW_IDS = 3

local function is_known(q, id)
  if redis.call('HEXISTS', q.jobs, id) == 1 then return true end
  if redis.call('EXISTS', q.done0, q.done1) == 0 then return false end
  return redis.call('HEXISTS', q.done0, id) == 1 or redis.call('HEXISTS', q.done1, id) == 1
end

-- Many are looked for where ids are, and not in `jobs`, whose values are large.
local function known_among(q, ids)
  local known = {}
  if #ids <= FEW_IDS then
    for _, id in ipairs(ids) do known[id] = is_known(q, id) end
    return known
  end
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
