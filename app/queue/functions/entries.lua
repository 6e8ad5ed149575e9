-- Lists of texts that are short and bounded, packed one behind the other: the errors of a job, the lines of its log.

local ENTRY = '>HI6H' -- attempt, time in ms, length of the text that follows
local ENTRY_HEADER_BYTES = 10

-- The last ones that are few and light enough to leave room for one more of `bytes`.
local function last_entries(entries, bytes, max, max_bytes)
  local starts, at = {}, 1
  while at <= #entries do
    local _, _, length = struct.unpack(ENTRY, entries, at)
    starts[#starts + 1] = at
    at = at + ENTRY_HEADER_BYTES + length
  end
  for i, from in ipairs(starts) do
    if #starts - i + 1 < max and #entries - from + 1 + ENTRY_HEADER_BYTES + bytes <= max_bytes then return string.sub(entries, from) end
  end
  return ''
end

local function with_entry(q, entries, attempt, text, max, max_bytes)
  return last_entries(entries, #text, max, max_bytes) .. struct.pack(ENTRY, attempt, q.now, #text) .. text
end
