-- Totals since the queue was made, and slots of 10 s from which the rates of the last minute are made.

local TOTALS = { 'enqueued', 'done', 'failed', 'crashed', 'dead', 'cancelled', 'dropped' }
local SLOT_MS = 10000
local SLOTS = 6

-- Adds up during a call; `save_counts` writes once.
local function count(q, what, n)
  q.counts = q.counts or {}
  q.counts[what] = (q.counts[what] or 0) + n
end

-- A slot is the text "<number of the slot> <enqueued> <done> <failed>".
local function slot_text(q, number, before)
  local was, enqueued, done, failed = string.match(before or '', '^(%d+) (%d+) (%d+) (%d+)$')
  if tonumber(was) ~= number then enqueued, done, failed = 0, 0, 0 end
  return string.format('%d %d %d %d', number,
    enqueued + (q.counts.enqueued or 0), done + (q.counts.done or 0), failed + (q.counts.failed or 0))
end

local function save_counts(q)
  if not q.counts then return end
  local number = math.floor(q.now / SLOT_MS)
  local slot = 'slot:' .. number % SLOTS
  local before = redis.call('HMGET', q.stats, slot, unpack(TOTALS))
  local fields = { slot, slot_text(q, number, before[1]) }
  for i, total in ipairs(TOTALS) do
    if q.counts[total] then
      fields[#fields + 1] = total
      fields[#fields + 1] = int((before[i + 1] or 0) + q.counts[total])
    end
  end
  redis.call('HSET', q.stats, unpack(fields))
end
