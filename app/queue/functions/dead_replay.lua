-- dead_replay: dead letters start anew, without attempts, crashes and errors.
-- ARGV   delay of the first in ms, step from one to the next in ms (a rate), at most 50 ids, each once
-- REPLY  number of jobs replayed, then the ids of those that were replayed too often; an id that is not dead is passed over

local MAX_REPLAYS = 10

-- Returns the ids that may be replayed once more, and those that may not.
local function within_replays(q, ids)
  local may, may_not, replays = {}, {}, fetch('HMGET', q.replays, ids)
  for i, id in ipairs(ids) do
    local list = tonumber(replays[i] or 0) < (q.policy.maxReplays or MAX_REPLAYS) and may or may_not
    list[#list + 1] = id
  end
  return may, may_not
end

local function are_dead(q, ids)
  local dead = {}
  for i, tick in ipairs(fetch('ZMSCORE', q.dead, ids)) do
    if tick then dead[#dead + 1] = ids[i] end
  end
  return dead
end

local function dead_replay(keys, args)
  local q = open(keys)
  local delay_ms, step_ms = tonumber(args[1]), tonumber(args[2])
  local may, may_not = within_replays(q, are_dead(q, { unpack(args, 3) }))
  local replayed, records = raise(q, may)
  local place, traits = take_places(q, #replayed), traits_among(q, replayed)
  forget_tries(q, replayed, true)
  for i, id in ipairs(replayed) do
    redis.call('HINCRBY', q.replays, id, 1)
    local priority = tonumber(string.sub(records[i], 1, 1))
    enter(q, id, priority, traits[i], place + i, math.floor(delay_ms + (i - 1) * step_ms))
  end
  flush(q)
  if #replayed > 0 then ring(q) end
  save(q)
  return { #replayed, unpack(may_not) }
end

register('dead_replay', dead_replay)
