-- What a worker tells of a job while it has it: its progress, and lines of a log. Part of `turn`.

local PROGRESS = '>H' -- length of the JSON text that follows; the lines of the log come behind it
local MAX_LINES = 50
local MAX_LOG_BYTES = 16384

local function note(q, s)
  local packed = redis.call('HGET', q.notes, s.id) or struct.pack(PROGRESS, 0)
  local length = struct.unpack(PROGRESS, packed)
  local progress, log = string.sub(packed, 3, 2 + length), string.sub(packed, 3 + length)
  if s.progress ~= '' then progress = s.progress end
  if s.log ~= '' then log = with_entry(q, log, tries_of(q, s.id).attempts + 1, s.log, MAX_LINES, MAX_LOG_BYTES) end
  q.specials = true
  redis.call('HSET', q.notes, s.id, struct.pack(PROGRESS, #progress) .. progress .. log)
end
