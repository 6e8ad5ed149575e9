-- Ends that only tasks have: they leave no dead letter, since nobody would wait for what came of its replay.

local function end_task(q, ids, endings, results)
  remember(q, endings, results)
  redis.call('HDEL', q.jobs, unpack(ids))
  forget_tries(q, ids)
  leave(q, ids)
end

-- Their time was over before anybody began (then there is no fence), or was done. Who waited knows the time as well.
local function end_expired(q, ids, fence)
  local endings = {}
  for _, id in ipairs(ids) do push(endings, id, pack_ending(q, fence or '0', 'x')) end
  end_task(q, ids, endings, {})
  redis.call('HINCRBY', q.stats, 'expired', #ids)
end

-- The job must have left its lease before. What fails at the deadline has failed because of it.
local function end_failed(q, id, task, fence, error_json)
  if q.now >= task.deadline then
    end_expired(q, { id }, fence)
    answer(q, task.reply, id, 'x')
    return
  end
  end_task(q, { id }, { id, pack_ending(q, fence, 'f') }, { id, error_json })
  answer(q, task.reply, id, 'f' .. error_json)
end
