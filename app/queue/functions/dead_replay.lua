-- dead_replay: dead letters start anew, without attempts, crashes and errors.
-- ARGV   delay of the first in ms, step from one to the next in ms (a rate), at most 200 ids
-- REPLY  number of jobs replayed; an id that is not dead is passed over

local function dead_replay(keys, args)
  local q = open(keys)
  local delay_ms, step_ms = tonumber(args[1]), tonumber(args[2])
  local place = take_places(q, #args)
  local replayed = {}
  local traits = traits_among(q, { unpack(args, 3) })
  for i = 3, #args do
    local id = args[i]
    if redis.call('ZREM', q.dead, id) == 1 then
      local priority = tonumber(string.sub(redis.call('HGET', q.deadrec, id), 1, 1))
      local wait_ms = math.floor(delay_ms + #replayed * step_ms)
      enter(q, id, priority, traits[i - 2], place + i, wait_ms)
      replayed[#replayed + 1] = id
    end
  end
  flush(q)
  apply('HDEL', q.deadrec, replayed)
  forget_tries(q, replayed)
  if #replayed > 0 then ring(q) end
  save_clocks(q)
  return #replayed
end

register('dead_replay', dead_replay)
