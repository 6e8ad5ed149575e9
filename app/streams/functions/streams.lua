-- Streams: chunks in order, each with an offset that counts from 1, for whoever comes in time and for whoever comes back.
-- KEYS  of one stream:
--   meta  HASH    epoch, top (offset of the last chunk), ended, bytes (of all chunks so far), until (ms: when the keys go),
--                 p:<producer> -> "<number of its last batch> <offset after it>"
--   log   STREAM  of batches: id = offset of its last chunk; c how many, b bytes of the stream so far, d the chunks, packed
--   once  STRING  "<epoch> <offset>" after what was published with an idempotency key; only where there is such a key
-- Chunks are opaque here. What is published goes to the channel named like the log, headed by a line:
-- epoch, offset of the first chunk, how many, 1 if the stream has ended with them, time in ms.

local META, LOG, ONCE = 1, 2, 3
-- Keys live longer by so many parts of their time before it is prolonged: nearly no batch pays for that.
local PROLONG_PARTS = 8
local MAX_PRODUCERS = 64
local MAX_TRIMMED = 20
local PAGE = 10

-- Numbers go to Redis as text: it would write large ones in its own way, and slower.
local function int(number)
  return string.format('%d', number)
end

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A producer sends its batches one after the other: one that is not newer was stored already, and its answer got lost.
local function offset_of_repeated(stored, number)
  local last, offset = string.match(stored or '', '^(%d+) (%d+)$')
  return last and tonumber(number) <= tonumber(last) and tonumber(offset) or nil
end

-- Producers that were silent for the longest are forgotten: half of them at once, so that it is rare.
local function forget_producers(meta)
  local fields, last = redis.call('HGETALL', meta), {}
  for at = 1, #fields, 2 do
    if string.sub(fields[at], 1, 2) == 'p:' then
      last[#last + 1] = { name = fields[at], offset = tonumber(string.match(fields[at + 1], ' (%d+)$')) }
    end
  end
  table.sort(last, function(one, other) return one.offset < other.offset end)
  for i = 1, #last - MAX_PRODUCERS / 2 do redis.call('HDEL', meta, last[i].name) end
end

-- The history is bounded in bytes as well: the oldest batches go. A batch says how much had been published when it came.
local function trim_bytes(log, bytes, max_bytes)
  for _ = 1, MAX_TRIMMED do
    local oldest = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
    if not oldest or bytes - tonumber(oldest[2][4]) <= max_bytes then return end
    redis.call('XDEL', log, oldest[1])
  end
end

-- Whoever has promoted a replica that lagged has lost the last chunks: offsets go on, but not those that somebody has seen.
local function was_rolled_back(epoch, top, known_epoch, known_top)
  return epoch == known_epoch and top < tonumber(known_top)
end

-- ARGV   epoch if a new one is needed, epoch and top as the producer knows them, producer (empty: unnamed, its batches are not
--        numbered), number of the batch, how many chunks,
--        chunks, their bytes, 1 to end the stream, ms that the keys live, ms after the end, most chunks and bytes of the history,
--        ms that the meta lives at least, ms that an idempotency key is remembered
-- REPLY  `+` stored, `=` stored before or `.` refused: the stream has ended; epoch, offset of the last chunk of the batch
local function publish(keys, args)
  local meta, log = keys[META], keys[LOG]
  local new_epoch, known_epoch, known_top, producer, number, count, chunks, bytes, ends, keep_ms, keep_ended_ms, max_chunks, max_bytes, position_ms, once_ms = unpack(args)
  local once = keys[ONCE]
  local done_epoch, done_offset = string.match(once and redis.call('GET', once) or '', '^(%w+) (%d+)$')
  if done_epoch then return { '=', done_epoch, tonumber(done_offset) } end
  local known = redis.call('HMGET', meta, 'epoch', 'top', 'ended', 'bytes', 'until', 'p:' .. producer)
  if was_rolled_back(known[1], tonumber(known[2] or 0), known_epoch, known_top) then
    redis.call('DEL', meta)
    known = {}
  end
  local epoch, top, total = known[1] or new_epoch, tonumber(known[2] or 0), tonumber(known[4] or 0)
  local is_named = producer ~= ''
  local repeated = is_named and offset_of_repeated(known[6], number)
  if repeated then return { '=', epoch, repeated } end
  if known[3] then return { '.', epoch, top } end
  -- Without its meta (evicted, or half restored) nobody knows what the log is.
  if not known[1] then redis.call('DEL', log) end

  local now = now_ms()
  local first, last = top + 1, top + tonumber(count)
  total = total + tonumber(bytes)
  local fields = { 'top', int(last), 'bytes', int(total) }
  if is_named then fields[#fields + 1], fields[#fields + 2] = 'p:' .. producer, number .. ' ' .. int(last) end
  if not known[1] then fields[#fields + 1], fields[#fields + 2] = 'epoch', epoch end
  if ends == '1' then fields[#fields + 1], fields[#fields + 2] = 'ended', '1' end
  if count ~= '0' then
    redis.call('XADD', log, 'MINID', '~', int(math.max(0, last - max_chunks + 1)), int(last) .. '-0', 'c', count, 'b', int(total), 'd', chunks)
    if total > tonumber(max_bytes) then trim_bytes(log, total, tonumber(max_bytes)) end
  end
  local keep = tonumber(ends == '1' and keep_ended_ms or keep_ms)
  local expires = ends == '1' or tonumber(known[5] or 0) < now + keep
  if expires then
    if ends ~= '1' then keep = keep + math.floor(keep / PROLONG_PARTS) end
    fields[#fields + 1], fields[#fields + 2] = 'until', int(now + keep)
  end
  redis.call('HSET', meta, unpack(fields))
  if expires then
    redis.call('PEXPIRE', meta, int(math.max(keep, tonumber(position_ms))))
    redis.call('PEXPIRE', log, int(keep))
  end
  if once then redis.call('SET', once, epoch .. ' ' .. int(last), 'PX', once_ms) end
  if not known[6] and redis.call('HLEN', meta) > MAX_PRODUCERS + 5 then forget_producers(meta) end
  redis.call('PUBLISH', log, string.format('%s %d %s %s %d\n', epoch, first, count, ends, now) .. chunks)
  return { '+', epoch, last }
end

-- ARGV   offset after which to read, most bytes (the batch that exceeds them still comes)
-- REPLY  epoch (empty: there is no such stream), top, 1 if it has ended, then for each batch: offset of its last chunk, how many, chunks
local function read(keys, args)
  local known = redis.call('HMGET', keys[META], 'epoch', 'top', 'ended')
  local reply = { known[1] or '', tonumber(known[2] or 0), known[3] and 1 or 0 }
  if not known[1] then return reply end
  local from, bytes, max_bytes = '(' .. args[1] .. '-0', 0, tonumber(args[2])
  repeat
    local batches = redis.call('XRANGE', keys[LOG], from, '+', 'COUNT', PAGE)
    for _, batch in ipairs(batches) do
      if bytes >= max_bytes then return reply end
      local id, fields = batch[1], batch[2]
      reply[#reply + 1] = tonumber(string.match(id, '^%d+'))
      reply[#reply + 1] = tonumber(fields[2])
      reply[#reply + 1] = fields[6]
      bytes = bytes + #fields[6]
      from = '(' .. id
    end
  until #batches < PAGE
  return reply
end

-- Somebody has seen two chunks of the same offset: one was told of by a primary that was lost before a replica had it. Whoever
-- comes back by this epoch is to be told, and begins anew.
-- KEYS   meta
-- ARGV   the epoch, another one
-- REPLY  1 if it was the epoch still
local function disown(keys, args)
  if redis.call('HGET', keys[META], 'epoch') ~= args[1] then return 0 end
  redis.call('HSET', keys[META], 'epoch', args[2])
  return 1
end

-- KEYS   meta of several streams
-- REPLY  for each: epoch, top, ended
local function positions(keys)
  local reply = {}
  for i, meta in ipairs(keys) do
    local known = redis.call('HMGET', meta, 'epoch', 'top', 'ended')
    reply[3 * i - 2], reply[3 * i - 1], reply[3 * i] = known[1] or '', tonumber(known[2] or 0), known[3] and 1 or 0
  end
  return reply
end

register('publish', publish)
register('disown', disown, { 'allow-oom' })
register('read', read, { 'no-writes' })
register('positions', positions, { 'no-writes' })
