-- beat: a worker that holds leases is alive. Looks after the others meanwhile.
-- ARGV   worker, 1 while it holds leases or 0 when it holds none any more, windowMs (as for turn)
-- REPLY  1 if the queue did not know the worker (if it should have, its leases were taken back), number of leased jobs that are cancelled

local function beat(keys, args)
  local q, worker = open(keys), args[1]
  q.window_ms = q.policy.doneWindowMs or tonumber(args[3])
  if args[2] == '0' then
    redis.call('ZREM', q.workers, worker)
    return { 0, 0 }
  end
  local is_new = enlist(q, worker)
  watch(q)
  if q.has_new_worker or q.watch_at == q.now then ring(q) end
  save(q)
  return { is_new and 1 or 0, redis.call('SCARD', q.cancels) }
end

register('beat', beat, { 'allow-oom' })
