-- What a job went through. A job that succeeds at once never has an entry.

local TRIES = '>HHI8c1' -- attempts that failed, crashes, fence and letter of the last settlement
local ERROR_HEADER = '>HI6H' -- attempt, time in ms, length of the JSON text that follows
local ERROR_HEADER_BYTES = 10
local MAX_ERRORS = 10

local function tries_of(q, id)
  local packed = redis.call('HGET', q.tries, id)
  if not packed then return { attempts = 0, crashes = 0, fence = 0, verdict = '-' } end
  local attempts, crashes, fence, verdict = struct.unpack(TRIES, packed)
  return { attempts = attempts, crashes = crashes, fence = fence, verdict = verdict }
end

local function save_tries(q, id, tries)
  redis.call('HSET', q.tries, id, struct.pack(TRIES, tries.attempts, tries.crashes, tries.fence, tries.verdict))
end

local function without_oldest(errors)
  local count, at = 0, 1
  while at <= #errors do
    local _, _, length = struct.unpack(ERROR_HEADER, errors, at)
    count, at = count + 1, at + ERROR_HEADER_BYTES + length
  end
  if count < MAX_ERRORS then return errors end
  local _, _, oldest = struct.unpack(ERROR_HEADER, errors, 1)
  return string.sub(errors, ERROR_HEADER_BYTES + oldest + 1)
end

local function add_error(q, id, attempt, error_json)
  local errors = without_oldest(redis.call('HGET', q.errors, id) or '')
  redis.call('HSET', q.errors, id, errors .. struct.pack(ERROR_HEADER, attempt, q.now, #error_json) .. error_json)
end

-- Ids whose story ends: nothing to do, and nothing to pay, when no job of the queue has a story.
local function forget_tries(q, ids)
  if #ids == 0 or redis.call('EXISTS', q.tries) == 0 then return end
  redis.call('HDEL', q.tries, unpack(ids))
  redis.call('HDEL', q.errors, unpack(ids))
end
