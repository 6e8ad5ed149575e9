-- cancel: ends a job. One that waits is gone at once. One that a worker has is marked: the worker hears of it by its next
-- renewal, and whatever it settles then, or the end of its lease, ends the job. Who waits for the answer of a task hears at once.
-- ARGV   windowMs (how long the id is remembered at least, where the queue has no other), id, 1 to tell who waits for the answer or 0
-- REPLY  state (cancelled; leased: marked; done, failed, expired, dead, unknown: nothing to cancel), the fence of the delivery that is marked or empty

local STATE_OF = { [''] = 'done', c = 'cancelled', f = 'failed', x = 'expired' }

local function cancel(keys, args)
  local q, id = open(keys), args[2]
  q.window_ms = q.policy.doneWindowMs or tonumber(args[1])
  local ending = ending_of(q, id)
  if ending then return { STATE_OF[how_ended(ending)], '' } end
  local held = redis.call('HGET', q.held, id)
  if held then
    redis.call('SADD', q.cancels, id)
    local reply = reply_in(held)
    if reply and args[3] == '1' then answer(q, reply, id, 'c') end
    save(q)
    return { 'leased', int(unpack_held(held).fence) }
  end
  if redis.call('ZSCORE', q.dead, id) then return { 'dead', '' } end
  if redis.call('HEXISTS', q.jobs, id) == 0 then return { 'unknown', '' } end
  local task = task_of(redis.call('HGET', q.jobs, id))
  if task and args[3] == '1' then answer(q, task.reply, id, 'c') end
  redis.call('ZREM', q.ready, id)
  redis.call('ZREM', q.delayed, id)
  end_cancelled(q, id, '0')
  if q.lined_up then ring(q) end
  save(q)
  return { 'cancelled', '' }
end

-- It frees memory, so it must run when there is none left.
register('cancel', cancel, { 'allow-oom' })
