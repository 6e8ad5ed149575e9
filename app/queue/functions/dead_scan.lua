-- dead_scan: dead letters in the order of their deaths, those of one fingerprint or all.
-- ARGV   cursor (tick, exclusive), last tick to look at (`+inf`: now), limit, fingerprint or empty
-- REPLY  cursor to go on with or empty, last tick to look at, then id and tick of each match

local MAX_SCANNED = 500

local function dead_scan(keys, args)
  local q = named(keys)
  local last = args[2] == '+inf' and int(math.max(q.now_us, tonumber(redis.call('HGET', q.meta, 'tick') or 0))) or args[2]
  local limit, fingerprint = tonumber(args[3]), args[4]
  local letters = redis.call('ZRANGE', q.dead, '(' .. args[1], last, 'BYSCORE', 'LIMIT', 0, MAX_SCANNED, 'WITHSCORES')
  local ids = {}
  for at = 1, #letters, 2 do
    ids[#ids + 1] = letters[at]
    letters[at + 1] = int(letters[at + 1])
  end
  local records = fetch('HMGET', q.deadrec, ids)
  local reply, matches = { #ids == MAX_SCANNED and letters[#letters] or '', last }, 0
  for i, id in ipairs(ids) do
    if fingerprint == '' or string.sub(records[i], 3) == fingerprint then
      if matches == limit then
        reply[1] = reply[#reply]
        break
      end
      matches = matches + 1
      reply[#reply + 1] = id
      reply[#reply + 1] = letters[2 * i]
    end
  end
  return reply
end

register('dead_scan', dead_scan, { 'no-writes' })
