-- Where a job's story ends, whatever the end: others of its key and its dedupe were waiting for that.

-- These jobs are gone for good; or, `as_dead`, until they are replayed. The same id twice counts once.
local function leave(q, ids, as_dead)
  if not is_special(q) then return end
  local freed, keys, seen = {}, {}, {}
  for i, traits in ipairs(traits_among(q, ids)) do
    if traits and not seen[ids[i]] then
      seen[ids[i]] = true
      local key = leave_lane(q, ids[i], traits)
      if key and not freed[key] then
        freed[key] = true
        keys[#keys + 1] = key
      end
      release_name(q, ids[i], traits)
      if as_dead then
        save_traits(q, ids[i], traits, STATES.dead)
      else
        later(q, 'HDEL', q.traits, ids[i])
      end
    end
  end
  flush(q)
  for _, key in ipairs(keys) do fill(q, key, MAX_FILLED) end
  flush(q)
end
