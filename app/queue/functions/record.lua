-- The record of a job: when it was enqueued, packed; then text as packed.ts makes it, which functions hand on and seldom read:
-- `=`, priority (one digit), maxAttempts, a comma, timeoutMs (0: none), a semicolon and the JSON text of the data; in place of `=` a `+`, if options
-- follow the semicolon: key of the order, dedupe and backoff, each empty or ended by a control character.

local STAMP = '>I6'
local STAMP_BYTES = 6
local PLAIN_MARK = 61 -- `=`

local function is_plain(record)
  return string.byte(record, STAMP_BYTES + 1) == PLAIN_MARK
end

-- Returns key, dedupe and backoff in the text of a record without its stamp, empty where the job has none.
local function options_in(text)
  local key, dedupe, backoff = string.match(text, '^%+[^;]*;([^\1]*)\1([^\1]*)\1([^\1]*)\1')
  return key or '', dedupe or '', backoff or ''
end

local function options_of(record)
  if is_plain(record) then return '', '', '' end
  return options_in(string.sub(record, STAMP_BYTES + 1))
end

-- What is held of a job while it is leased: who may settle it, where it stood, and the worker's name.
local HELD = '>I8I7c0'
local HELD_IDS = '>I8I7'

local function pack_held(fence, score, worker)
  return struct.pack(HELD, fence, score, worker)
end

-- Whether the delivery of that text is the one that holds the job.
local function is_fence_of(packed, fence)
  return (struct.unpack('>I8', packed)) == tonumber(fence)
end

local function unpack_held(packed)
  local fence, score, worker_at = struct.unpack(HELD_IDS, packed)
  return { fence = fence, score = score, priority = priority_of(score), worker = string.sub(packed, worker_at) }
end
