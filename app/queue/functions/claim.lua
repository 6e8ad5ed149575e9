-- Claims: part of `turn`.

local MAX_CLAIM_BYTES = 1048576 -- of all claims of one turn together; exceeded by one group at most
local CLAIM_GROUP = 10

-- The records from the head of the line, in groups, until there are enough of them or they weigh enough.
local function head_of_line(q, line)
  local records = {}
  for from = 1, #line, 2 * CLAIM_GROUP do
    if q.claimed_bytes >= MAX_CLAIM_BYTES then break end
    local ids = {}
    for at = from, math.min(from + 2 * CLAIM_GROUP, #line) - 1, 2 do ids[#ids + 1] = line[at] end
    for _, record in ipairs(redis.call('HMGET', q.jobs, unpack(ids))) do
      records[#records + 1] = record
      q.claimed_bytes = q.claimed_bytes + #(record or '')
    end
  end
  return records
end

local function attempts_of(packed)
  return packed and (struct.unpack('>H', packed)) or 0
end

-- Leases the first `max` jobs: the reply is the deadline, then for each job its id, fence, attempt and record.
local function claim(q, max, lease_ms, worker)
  local deadline = int(q.now + lease_ms)
  local reply = { deadline }
  if q.paused or q.now < q.resume_at or max == 0 then return reply end
  local line = redis.call('ZRANGE', q.ready, 0, max - 1, 'WITHSCORES')
  if #line == 0 then return reply end
  local records = head_of_line(q, line)
  -- Claims before this one in the turn took all the bytes there are.
  if #records == 0 then return reply end
  local tick = take_ticks(q, #records)
  local ids, leases, held, n = {}, {}, {}, 0
  for i, record in ipairs(records) do
    -- Without a record (evicted under a wrong maxmemory-policy) there is nothing to run: the id leaves the line.
    if record then
      local id, fence = line[2 * i - 1], int(tick + i)
      n = n + 1
      ids[n] = id
      leases[2 * n - 1], leases[2 * n] = deadline, id .. ':' .. fence
      held[2 * n - 1] = id
      held[2 * n] = pack_held(line[2 * i], record, tick + i, worker)
      reply[4 * n - 2], reply[4 * n - 1], reply[4 * n], reply[4 * n + 1] = id, fence, 1, record
    end
  end
  redis.call('ZREMRANGEBYRANK', q.ready, 0, #records - 1)
  apply('ZADD', q.lease, leases)
  apply('HSET', q.held, held)
  for i, packed in ipairs(fetch('HMGET', q.tries, ids)) do reply[4 * i] = attempts_of(packed) + 1 end
  return reply
end
