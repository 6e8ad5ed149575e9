-- Tasks: jobs that somebody waits for until a deadline. Behind the backoff in the record of one stands, after its control character,
-- how many ms after its enqueue the deadline is, `~` if it has a stream, and where its answer goes or nothing (see answers.lua).

-- Nil for jobs that are none.
local function task_of(record)
  if is_plain(record) then return nil end
  local expire_ms, reply = string.match(record, '^[^\1]*\1[^\1]*\1[^\1\2]*\2(%d+)~?([^\1]*)\1', STAMP_BYTES + 1)
  return expire_ms and { deadline = struct.unpack(STAMP, record) + tonumber(expire_ms), reply = reply }
end
