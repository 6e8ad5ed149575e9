-- enqueue_dead: stores jobs as dead letters, because their data does not match the schema of the queue.
-- ARGV   for each of at most 100 jobs: as for enqueue, then JSON text of the error, fingerprint
-- REPLY  as that of enqueue; a letter is x (dead), = (duplicate) or - (refused by a draining queue)

local ARGS_PER_DEAD_JOB = ARGS_PER_JOB + 2

local function enqueue_dead(keys, args)
  local q = open(keys)
  local ids, statuses, records, added = {}, {}, {}, 0
  for at = 1, #args, ARGS_PER_DEAD_JOB do ids[#ids + 1] = args[at] end
  local known = known_among(q, ids)
  for i, id in ipairs(ids) do
    if known[id] then
      statuses[i] = '='
    elseif q.draining then
      statuses[i] = '-'
    else
      known[id] = true
      local from, to = (i - 1) * ARGS_PER_DEAD_JOB + 1, i * ARGS_PER_DEAD_JOB
      local _, priority, _, max_attempts, timeout_ms, options, data, error_json, fingerprint = unpack(args, from, to)
      push(records, id, record_head(priority, max_attempts, timeout_ms, q.now, options) .. data)
      save_tries(q, id, tries_of(q, id))
      add_error(q, id, 0, error_json)
      bury(q, id, priority, 'invalid', fingerprint)
      local traits = new_traits(options, priority)
      if traits then save_traits(q, id, traits, STATES.dead) end
      statuses[i], added = 'x', added + 1
    end
  end
  apply('HSET', q.jobs, records)
  flush(q)
  count(q, 'enqueued', added)
  save_counts(q)
  save_clocks(q)
  return { table.concat(statuses), q.revision }
end

register('enqueue_dead', enqueue_dead)
