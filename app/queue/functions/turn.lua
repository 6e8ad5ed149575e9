-- turn: settles deliveries, does the upkeep, claims: one trip to Redis for a worker's whole cycle.
-- ARGV   windowMs (how long done ids are remembered at least, where the queue has no other), seed of the jitter,
--        number of progress, done, failed, extend, release and claim entries, 1 if some of `done` have results or 0, then these:
--        progress id, fence, JSON text of the progress or empty, line of the log or empty
--        done     (together) the ids, the fences, and the JSON texts of the results, each or empty; no results when none has one
--        failed   id, fence, class (retry, never, wait, rateLimited), retryAfterMs or empty, JSON text of the error, fingerprint
--        extend   id, fence, leaseMs
--        release  id, fence
--        claim    max, leaseMs, worker, 1 if the worker beats or 0
-- REPLY  letters of the settlements in that order (a accepted, c accepted and the job is cancelled, s stale),
--        ms until a delayed job is due, a lease expires or the queue may hand out again (-1: never),
--        number of jobs left that can be claimed at once,
--        then for each claim: deadline, fence of the first job (those of the others follow), their attempts (empty: the first of all)
--        and the scores they had in line, separated by spaces (they tell how long each stood there), and for each id and record
-- Settlements come first: who finishes late but before anybody took the job back, has finished.

-- In the order of their arguments; those that end the delivery also end a job that is cancelled.
local VERDICTS = {
  { verdict = 'p', settler = note, fields = { 'id', 'fence', 'progress', 'log' } },
  { verdict = 'd' },
  { verdict = 'f', settler = fail, fields = { 'id', 'fence', 'class', 'retry_after_ms', 'error', 'fingerprint' }, ends_delivery = true },
  { verdict = 'e', settler = extend, fields = { 'id', 'fence', 'lease_ms' } },
  { verdict = 'r', settler = release, fields = { 'id', 'fence' }, ends_delivery = true },
}
local FIRST_ENTRY = 10

-- Returns the letters, and where the claims begin.
local function settle_all(q, args)
  local letters, at = {}, FIRST_ENTRY
  for i, kind in ipairs(VERDICTS) do
    local entries = tonumber(args[2 + i])
    if kind.verdict == 'd' and entries > 0 then
      local has_results = args[9] == '1'
      letters[#letters + 1] = finish(q, args, at, entries, has_results)
      at, entries = at + (has_results and 3 or 2) * entries, 0
    end
    for _ = 1, entries do
      local settlement = { verdict = kind.verdict, ends_delivery = kind.ends_delivery }
      for _, field in ipairs(kind.fields) do
        settlement[field] = args[at]
        at = at + 1
      end
      letters[#letters + 1] = settle(q, settlement, kind.settler)
    end
  end
  return table.concat(letters), at
end

local function turn(keys, args)
  local q = open(keys)
  q.window_ms = q.policy.doneWindowMs or tonumber(args[1])
  math.randomseed(args[2])
  local letters, at = settle_all(q, args)
  reap(q)
  watch(q)
  promote(q)
  forget_expired(q)
  q.claimed_bytes = 0
  local claims = {}
  if args[8] ~= '0' then heed_bell(q) end
  for i = 1, args[8] do
    claims[i] = claim(q, tonumber(args[at]), tonumber(args[at + 1]), args[at + 2])
    if args[at + 3] == '1' and claims[i][2] ~= '' then enlist(q, args[at + 2]) end
    at = at + 4
  end
  local left = claimable(q)
  if must_ring(q, left) then ring(q) end
  save(q)
  return { letters, next_wake_ms(q), left, unpack(claims) }
end

-- It frees memory, so it must run when there is none left.
register('turn', turn, { 'allow-oom' })
