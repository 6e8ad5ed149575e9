-- What a job went through. A job that succeeds at once never has an entry.

-- attempts that failed, crashes, fence and letter of the last settlement, delay before the next attempt in ms
local TRIES = '>HHI8c1I6'
local MAX_ERRORS = 10
local MAX_ERRORS_BYTES = 65536

local function tries_of(q, id)
  local packed = redis.call('HGET', q.tries, id)
  if not packed then return { attempts = 0, crashes = 0, fence = 0, verdict = '-', delay_ms = 0 } end
  local attempts, crashes, fence, verdict, delay_ms = struct.unpack(TRIES, packed)
  return { attempts = attempts, crashes = crashes, fence = fence, verdict = verdict, delay_ms = delay_ms }
end

local function save_tries(q, id, tries)
  local packed = struct.pack(TRIES, tries.attempts, tries.crashes, tries.fence, tries.verdict, tries.delay_ms)
  redis.call('HSET', q.tries, id, packed)
  q.specials = true
end

local function add_error(q, id, attempt, error_json)
  local errors = redis.call('HGET', q.errors, id) or ''
  redis.call('HSET', q.errors, id, with_entry(q, errors, attempt, error_json, MAX_ERRORS, MAX_ERRORS_BYTES))
end

-- Ids whose story ends, or begins anew: nothing to do, and nothing to pay, when no job of the queue has a story.
local function forget_tries(q, ids, keep_replays)
  if #ids == 0 or not has_specials(q) then return end
  redis.call('HDEL', q.tries, unpack(ids))
  redis.call('HDEL', q.errors, unpack(ids))
  redis.call('HDEL', q.notes, unpack(ids))
  if not keep_replays then redis.call('HDEL', q.replays, unpack(ids)) end
end
