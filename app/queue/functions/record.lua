-- The record of a job: header, packed options, JSON text of the data. And what is held of it while it is leased.

local RECORD = '>BBHI4I6H' -- version, priority, maxAttempts, timeoutMs, enqueuedAt, length of the options that follow
local RECORD_HEADER_BYTES = 16
local RECORD_VERSION = 2
-- Each a length and that many bytes: key of the order, dedupe, backoff. A job without any has no options at all.
local OPTIONS = '>Bc0Bc0Bc0'
-- score in ready, priority, maxAttempts, fence, key, dedupe, backoff; the worker's name follows
local HELD = '>I7BHI8Bc0Bc0Bc0'

-- The beginning of the one, and the other of a job without options: cheaper, and the case of nearly every job.
local RECORD_START = '>BBH'
local PLAIN_HELD = '>I7BHI8BBB'

local function record_head(priority, max_attempts, timeout_ms, enqueued_at, options)
  return struct.pack(RECORD, RECORD_VERSION, priority, max_attempts, timeout_ms, enqueued_at, #options) .. options
end

-- Returns key, dedupe, backoff of packed options, empty where the job has none.
local function unpack_options(options)
  local key, dedupe, backoff = struct.unpack(OPTIONS, options)
  return key, dedupe, backoff
end

-- A quick look: nearly no job has any.
local function has_options(record)
  local high, low = string.byte(record, RECORD_HEADER_BYTES - 1, RECORD_HEADER_BYTES)
  return high + low > 0
end

-- The same for a record.
local function options_in(record)
  local _, _, _, _, _, length = struct.unpack(RECORD, record)
  if length == 0 then return '', '', '' end
  local key, dedupe, backoff = struct.unpack(OPTIONS, record, RECORD_HEADER_BYTES + 1)
  return key, dedupe, backoff
end

local function pack_held(score, record, fence, worker)
  local _, priority, max_attempts = struct.unpack(RECORD_START, record)
  if not has_options(record) then return struct.pack(PLAIN_HELD, score, priority, max_attempts, fence, 0, 0, 0) .. worker end
  local key, dedupe, backoff = options_in(record)
  return struct.pack(HELD, score, priority, max_attempts, fence, #key, key, #dedupe, dedupe, #backoff, backoff) .. worker
end

local function unpack_held(packed)
  local score, priority, max_attempts, fence, key, dedupe, backoff, worker_at = struct.unpack(HELD, packed)
  return {
    score = score, priority = priority, max_attempts = max_attempts, fence = fence, key = key, dedupe = dedupe, backoff = backoff,
    worker = string.sub(packed, worker_at),
  }
end
