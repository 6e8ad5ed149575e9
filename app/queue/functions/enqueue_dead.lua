-- enqueue_dead: stores jobs as dead letters, because their data does not match the schema of the queue.
-- ARGV   for each of at most 100 jobs: as for enqueue, then JSON text of the error, fingerprint
-- REPLY  as that of enqueue; a letter is x (dead), = (duplicate) or - (refused by a draining queue)

local ARGS_PER_DEAD_JOB = ARGS_PER_JOB + 2

local function enqueue_dead(keys, args)
  local q = open(keys)
  local ids, statuses, records, added, stamp = {}, {}, {}, 0, struct.pack(STAMP, q.now)
  for at = 1, #args, ARGS_PER_DEAD_JOB do ids[#ids + 1] = args[at] end
  local known = known_among(q, ids)
  for i, id in ipairs(ids) do
    if known[id] then
      statuses[i] = '='
    elseif q.draining then
      statuses[i] = '-'
    else
      known[id] = true
      local _, order, text, error_json, fingerprint = unpack(args, (i - 1) * ARGS_PER_DEAD_JOB + 1, i * ARGS_PER_DEAD_JOB)
      local priority = string.sub(order, 1, 1)
      push(records, id, stamp .. text)
      save_tries(q, id, tries_of(q, id))
      add_error(q, id, 0, error_json)
      bury(q, id, priority, 'invalid', fingerprint)
      local traits = new_traits(text, priority)
      if traits then save_traits(q, id, traits, STATES.dead) end
      statuses[i], added = 'x', added + 1
    end
  end
  apply('HSET', q.jobs, records)
  flush(q)
  count(q, 'enqueued', added)
  save(q)
  return { table.concat(statuses), q.revision }
end

register('enqueue_dead', enqueue_dead)
