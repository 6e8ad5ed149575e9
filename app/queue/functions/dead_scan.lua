-- dead_scan: dead letters in the order of their deaths.
-- ARGV   cursor (tick, exclusive; empty: from the first), last tick to look at (empty: now), limit, then filters, empty where they
--        do not matter: fingerprint, letter of the reason, olderThanMs, newerThanMs
-- REPLY  cursor to go on with or empty, last tick to look at, then id and tick of each match

local MAX_SCANNED = 250

local function tick_before(q, ms)
  return math.max(0, q.now_us - ms * 1000)
end

-- The ticks to look at: after the first, up to the last.
local function range_of_ticks(q, cursor, last, older_than_ms, newer_than_ms)
  local from = tonumber(cursor) or 0
  if newer_than_ms ~= '' then from = math.max(from, tick_before(q, newer_than_ms)) end
  if last ~= '' then return from, tonumber(last) end
  if older_than_ms ~= '' then return from, tick_before(q, older_than_ms) end
  return from, math.max(q.now_us, q.tick)
end

-- Returns ids and ticks.
local function letters_between(q, from, last, fingerprint, n)
  local ids, ticks = {}, {}
  if fingerprint == '' then
    local found = redis.call('ZRANGE', q.dead, '(' .. int(from), int(last), 'BYSCORE', 'LIMIT', 0, n, 'WITHSCORES')
    for at = 1, #found, 2 do
      ids[#ids + 1] = found[at]
      ticks[#ticks + 1] = int(found[at + 1])
    end
  else
    local first, final = '(' .. kind_member(fingerprint, from, '\255'), '[' .. kind_member(fingerprint, last, '\255')
    for _, member in ipairs(redis.call('ZRANGE', q.deadkinds, first, final, 'BYLEX', 'LIMIT', 0, n)) do
      ids[#ids + 1] = string.sub(member, #fingerprint + 19)
      ticks[#ticks + 1] = string.sub(member, #fingerprint + 2, #fingerprint + 17)
    end
  end
  return ids, ticks
end

local function dead_scan(keys, args)
  local q = open(keys)
  local cursor, last_given, limit, fingerprint, reason = args[1], args[2], tonumber(args[3]), args[4], args[5]
  local from, last = range_of_ticks(q, cursor, last_given, args[6], args[7])
  -- One more than asked for tells whether there is more.
  local n = reason == '' and math.min(limit + 1, MAX_SCANNED) or MAX_SCANNED
  local ids, ticks = letters_between(q, from, last, fingerprint, n)
  local records = reason == '' and {} or fetch('HMGET', q.deadrec, ids)
  local reply, matches = { #ids == n and ticks[n] or '', int(last) }, 0
  for i, id in ipairs(ids) do
    if reason == '' or string.sub(records[i], 2, 2) == reason then
      if matches == limit then
        reply[1] = reply[#reply]
        break
      end
      matches = matches + 1
      reply[#reply + 1] = id
      reply[#reply + 1] = ticks[i]
    end
  end
  return reply
end

register('dead_scan', dead_scan, { 'no-writes' })
