-- Dedupe: of jobs with the same name, one stands for the others. The modes:
-- s simple    while the job that stands is not finished, others are dropped
-- t throttle  for so long since the first, others are dropped
-- d debounce  a new job replaces the one that is still delayed, and its own delay begins
-- k keepLast  while one is under way, the newest one is kept and runs after it; before that, others are dropped

local DEDUPE_ENTRY = '>c1I6Hc0Hc0' -- mode, end in ms (0: when the job leaves), id, id of the job that is kept or empty

-- `<mode>:<ttlMs>:<name>`, as options.ts writes it.
local function parse_dedupe(text)
  local mode, ttl_ms, name = string.match(text, '^(%a):(%d+):(.*)$')
  return { mode = mode, ttl_ms = tonumber(ttl_ms), name = name }
end

-- Nil when there is none, or when its time is over.
local function entry_of(q, name)
  local packed = redis.call('HGET', q.dedupe, name)
  if not packed then return nil end
  local mode, until_ms, id, kept = struct.unpack(DEDUPE_ENTRY, packed)
  if until_ms > 0 and until_ms <= q.now then return nil end
  return { mode = mode, until_ms = until_ms, id = id, kept = kept }
end

local function save_entry(q, name, entry)
  local packed = struct.pack(DEDUPE_ENTRY, entry.mode, entry.until_ms, #entry.id, entry.id, #entry.kept, entry.kept)
  redis.call('HSET', q.dedupe, name, packed)
  q.specials = true
  if entry.until_ms > 0 then redis.call('ZADD', q.expiry, int(entry.until_ms * 1000), 'd' .. name) end
end

-- Drops a job that nobody was ever given: delayed, or kept.
local function discard(q, id)
  flush(q)
  redis.call('ZREM', q.delayed, id)
  redis.call('ZREM', q.lanes, kept_member(id))
  redis.call('HDEL', q.traits, id)
  redis.call('HDEL', q.jobs, id)
end

local function is_under_way(q, id)
  return redis.call('HEXISTS', q.held, id) == 1 or redis.call('HEXISTS', q.tries, id) == 1
end

local function until_of(q, dedupe, delay_ms)
  if dedupe.mode == 't' then return q.now + dedupe.ttl_ms end
  return dedupe.mode == 'd' and q.now + delay_ms or 0
end

-- Returns the id of the job that stands for a new one which is dropped; or nil, and whether the new one is kept for later.
local function dedupe(q, id, text, delay_ms)
  local new = parse_dedupe(text)
  local entry = entry_of(q, new.name)
  if not entry then
    save_entry(q, new.name, { mode = new.mode, until_ms = until_of(q, new, delay_ms), id = id, kept = '' })
    return nil, false
  end
  if new.mode ~= entry.mode then return entry.id end
  if new.mode == 'd' then
    discard(q, entry.id)
    save_entry(q, new.name, { mode = 'd', until_ms = until_of(q, new, delay_ms), id = id, kept = '' })
    return nil, false
  end
  if new.mode ~= 'k' or not is_under_way(q, entry.id) then return entry.id end
  if entry.kept ~= '' then discard(q, entry.kept) end
  entry.kept = id
  save_entry(q, new.name, entry)
  return nil, true
end

local function keep(q, id, traits, due_ms)
  save_traits(q, id, traits, STATES.kept, due_ms)
  later(q, 'ZADD', q.lanes, 0, kept_member(id))
end

-- The kept one comes into line: what had its delay meanwhile has it no more.
local function take_kept(q, id)
  local traits = unpack_traits(redis.call('HGET', q.traits, id))
  later(q, 'ZREM', q.lanes, kept_member(id))
  enter(q, id, traits.priority, traits, take_places(q, 1) + 1, math.max(0, traits.number - q.now))
end

-- A job leaves: its name is free, unless the entry is another's by now or has a time of its own.
local function release_name(q, id, traits)
  if traits.dedupe == '' then return end
  local mine = parse_dedupe(traits.dedupe)
  local entry = entry_of(q, mine.name)
  if not entry then return end
  if entry.kept == id then
    later(q, 'ZREM', q.lanes, kept_member(id))
    entry.kept = ''
    save_entry(q, mine.name, entry)
  elseif entry.id == id and entry.mode ~= 't' then
    if entry.kept ~= '' then
      save_entry(q, mine.name, { mode = 'k', until_ms = 0, id = entry.kept, kept = '' })
      take_kept(q, entry.kept)
    else
      redis.call('HDEL', q.dedupe, mine.name)
      redis.call('ZREM', q.expiry, 'd' .. mine.name)
    end
  end
end
