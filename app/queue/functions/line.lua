-- The order of the line. The score of a job in `ready` is that of strict priority; ageing is applied when the line is read.
-- So the setting holds from one claim to the next, for jobs that stand in line already, too.

local function ageing_places(q)
  return q.policy.ageingMs and q.policy.ageingMs * 1000 / US_PER_PLACE
end

local function band_of(priority)
  return ready_score(priority, 0), ready_score(priority, PLACES_PER_BAND - 1)
end

local function earliest_of(heads)
  local earliest
  for _, head in ipairs(heads) do
    local score = head.line[head.at + 1]
    local aged = score and score + head.shift
    if aged and (not earliest or aged < earliest.aged) then
      head.aged = aged
      earliest = head
    end
  end
  return earliest
end

-- A job comes before one of higher priority if it came earlier by `ageingMs` for each step between them.
local function aged_head(q, max)
  local places = ageing_places(q)
  local heads, merged = {}, {}
  for priority = 0, 9 do
    local from, to = band_of(priority)
    local line = redis.call('ZRANGE', q.ready, from, to, 'BYSCORE', 'LIMIT', 0, max, 'WITHSCORES')
    if #line > 0 then heads[#heads + 1] = { line = line, at = 1, shift = (9 - priority) * (places - PLACES_PER_BAND) } end
  end
  while #merged < 2 * max do
    local head = earliest_of(heads)
    if not head then break end
    merged[#merged + 1] = head.line[head.at]
    merged[#merged + 1] = head.line[head.at + 1]
    head.at = head.at + 2
  end
  return merged
end

-- Takes the first `max` jobs out of the line: id and score of each.
local function take_head(q, max)
  if not q.policy.ageingMs then return redis.call('ZPOPMIN', q.ready, max) end
  local line, ids = aged_head(q, max), {}
  for at = 1, #line, 2 do ids[#ids + 1] = line[at] end
  apply('ZREM', q.ready, ids)
  return line
end


-- How many jobs stand before one.
local function ahead_of(q, id, score)
  local places = ageing_places(q)
  if not places then return redis.call('ZRANK', q.ready, id) end
  local own = priority_of(score)
  local ahead = 0
  for priority = 0, 9 do
    -- The place in this band that is as good as the job's own.
    local place = score - (9 - own) * PLACES_PER_BAND + (priority - own) * places
    if place > 0 then
      ahead = ahead + redis.call('ZCOUNT', q.ready, ready_score(priority, 0), '(' .. ready_score(priority, math.min(place, PLACES_PER_BAND)))
    end
  end
  return ahead
end
