-- Ends that only tasks have: they leave no dead letter, since nobody would wait for what came of its replay.

local function end_task(q, ids, endings, results)
  remember(q, endings, results)
  redis.call('HDEL', q.jobs, unpack(ids))
  forget_tries(q, ids)
  leave(q, ids)
end

-- The job must have left its lease before.
local function end_failed(q, id, task, fence, error_json)
  end_task(q, { id }, { id, pack_ending(q, fence, 'f') }, { id, error_json })
  answer(q, task.reply, id, 'f' .. error_json)
end

-- Their time was over before anybody began. Who waited knows the time as well.
local function end_expired(q, ids)
  local endings = {}
  for _, id in ipairs(ids) do push(endings, id, pack_ending(q, '0', 'x')) end
  end_task(q, ids, endings, {})
  redis.call('HINCRBY', q.stats, 'expired', #ids)
end
