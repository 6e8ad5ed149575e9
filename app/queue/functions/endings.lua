-- Jobs that are done or cancelled, and tasks however they end: they are gone, but their ids stay known for a while.

local ENDING = '>I8I6' -- fence of the delivery (0: it had none), time in ms; then how it ended, if not done: c cancelled, f failed, x expired
local ENDING_BYTES = 14

local function pack_ending(q, fence, how)
  return struct.pack(ENDING, fence, q.now) .. how
end

-- What was packed when the job ended, or nil.
local function ending_of(q, id)
  return redis.call('HGET', q.done0, id) or redis.call('HGET', q.done1, id) or nil
end

local function how_ended(ending)
  return string.sub(ending, ENDING_BYTES + 1)
end

-- Whether this was the delivery with which the job ended, and then `a` (done), `c` (cancelled), `f` (failed) or `x` (expired).
local function ended_by(q, id, fence)
  local ending = ending_of(q, id)
  if not ending or int((struct.unpack(ENDING, ending))) ~= fence then return nil end
  local how = how_ended(ending)
  return how == '' and 'a' or how
end

-- The bucket of the present window. It lives to the end of the next one, so an id is remembered for one window at least and
-- two at most, and forgetting is one expiry instead of a sweep.
local function done_bucket(q)
  local window = math.floor(q.now / q.window_ms)
  local bucket = window % 2
  return { done = q['done' .. bucket], result = q['result' .. bucket], expires_at = (window + 2) * q.window_ms }
end

-- Puts endings, packed, and results in their bucket. It needs its expiry only once.
local function remember(q, endings, results)
  local bucket = done_bucket(q)
  redis.call('HSET', bucket.done, unpack(endings))
  if q.done_expiry ~= bucket.expires_at then
    redis.call('PEXPIREAT', bucket.done, int(bucket.expires_at))
    q.done_expiry = bucket.expires_at
  end
  if #results == 0 then return end
  redis.call('HSET', bucket.result, unpack(results))
  if q.result_expiry ~= bucket.expires_at then
    redis.call('PEXPIREAT', bucket.result, int(bucket.expires_at))
    q.result_expiry = bucket.expires_at
  end
end

-- Jobs that a worker has, and that it is to drop.
local function is_marked(q, id)
  return has_specials(q) and redis.call('SISMEMBER', q.cancels, id) == 1
end

-- The job must have left the line, or its lease, before.
local function end_cancelled(q, id, fence)
  remember(q, { id, pack_ending(q, fence, 'c') }, {})
  redis.call('SREM', q.cancels, id)
  redis.call('HDEL', q.jobs, id)
  forget_tries(q, { id })
  leave(q, { id })
  count(q, 'cancelled', 1)
end
