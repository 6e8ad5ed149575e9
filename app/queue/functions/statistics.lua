-- Totals since the queue was made, and slots of 10 s from which the rates of the last minute are made.

-- Where they stand in the books.
local TOTALS = { enqueued = 3, done = 4, failed = 5, crashed = 6, dead = 7, cancelled = 8, dropped = 9 }
local SLOT = 10
local IN_SLOT = { enqueued = 11, done = 12, failed = 13 }
local SLOT_MS = 10000
local SLOTS = 6

-- Field and text of a slot: "<number of the slot> <enqueued> <done> <failed>".
local function slot_of(books)
  return 'slot:' .. books[SLOT] % SLOTS, string.format('%d %d %d %d', unpack(books, SLOT, SLOT + 3))
end

-- A slot that is over is put aside.
local function turn_over(q, number)
  local books = q.books
  if books[SLOT] > 0 then redis.call('HSET', q.stats, slot_of(books)) end
  books[SLOT], books[SLOT + 1], books[SLOT + 2], books[SLOT + 3] = number, 0, 0, 0
end

-- `save` writes it.
local function count(q, what, n)
  if n == 0 then return end
  local books, number = q.books, math.floor(q.now / SLOT_MS)
  if books[SLOT] ~= number then turn_over(q, number) end
  books[TOTALS[what]] = books[TOTALS[what]] + n
  local at = IN_SLOT[what]
  if at then books[at] = books[at] + n end
  q.has_booked = true
end
