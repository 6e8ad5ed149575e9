-- The record of a job: when it was enqueued, packed; then text as packed.ts makes it, which functions hand on and seldom read:
-- `=`, priority (one digit), maxAttempts, a comma, timeoutMs (0: none), a semicolon and the JSON text of the data; in place of `=` a `+`, if options
-- follow the semicolon: key of the order, dedupe and backoff, each empty or ended by a control character. What makes the job a task
-- (see tasks.lua) stands behind the backoff, after a control character of its own.

local STAMP = '>I6'
local STAMP_BYTES = 6
local PLAIN_MARK = 61 -- `=`

local function is_plain(record)
  return string.byte(record, STAMP_BYTES + 1) == PLAIN_MARK
end

-- Returns key, dedupe and backoff in the text of a record without its stamp, empty where the job has none.
local function options_in(text)
  local key, dedupe, backoff = string.match(text, '^%+[^;]*;([^\1]*)\1([^\1]*)\1([^\1\2]*)')
  return key or '', dedupe or '', backoff or ''
end

local function options_of(record)
  if is_plain(record) then return '', '', '' end
  return options_in(string.sub(record, STAMP_BYTES + 1))
end

-- What is held of a job while it is leased: who may settle it, where it stood, and the worker's name. Where somebody waits for the
-- answer, the first bit of the score is set, and before the name stands where the answer goes.
local HELD = { plain = '>I8I7c0', ids = '>I8I7', awaited = '>I8BI6Bc0c0', awaited_ids = '>I8BI6Bc0', score_at = 9, reply_at = 16 }
-- Of an awaited one the score is in two parts: the bit and a score together are more than a Lua number holds exactly.
local LOW_SCORE = 2 ^ 48

local function pack_held(fence, score, worker, reply)
  if not reply then return struct.pack(HELD.plain, fence, score, worker) end
  return struct.pack(HELD.awaited, fence, 128 + math.floor(score / LOW_SCORE), score % LOW_SCORE, #reply, reply, worker)
end

-- Where the answer goes for which somebody waits; nil for nearly all jobs.
local function reply_in(packed)
  if string.byte(packed, HELD.score_at) < 128 then return nil end
  return (struct.unpack('Bc0', packed, HELD.reply_at))
end

-- Whether the delivery of that text is the one that holds the job.
local function is_fence_of(packed, fence)
  return (struct.unpack('>I8', packed)) == tonumber(fence)
end

local function unpack_held(packed)
  local fence, score, worker_at
  if string.byte(packed, HELD.score_at) < 128 then
    fence, score, worker_at = struct.unpack(HELD.ids, packed)
  else
    local high, low, _
    fence, high, low, _, worker_at = struct.unpack(HELD.awaited_ids, packed)
    score = (high - 128) * LOW_SCORE + low
  end
  return { fence = fence, score = score, priority = priority_of(score), worker = string.sub(packed, worker_at) }
end
