-- turn: settles deliveries, does the upkeep, claims: one trip to Redis for a worker's whole cycle.
-- ARGV   windowMs (how long done ids are remembered at least, where the queue has no other), seed of the jitter,
--        number of done, failed, extend, release and claim entries, then these:
--        done     id, fence, JSON text of the result or empty
--        failed   id, fence, class (retry, never, wait, rateLimited), retryAfterMs or empty, JSON text of the error, fingerprint
--        extend   id, fence, leaseMs
--        release  id, fence
--        claim    max, leaseMs, worker
-- REPLY  letters of the settlements in that order (a accepted, s stale),
--        ms until a delayed job is due, a lease expires or the queue may hand out again (-1: never),
--        number of jobs left that can be claimed at once,
--        then for each claim: deadline, and for each job id, fence, attempt, record
-- Settlements come first: who finishes late but before anybody took the job back, has finished.

-- Verdicts other than `done`, in the order of their arguments.
local SETTLERS = {
  { verdict = 'f', settler = fail, fields = { 'id', 'fence', 'class', 'retry_after_ms', 'error', 'fingerprint' } },
  { verdict = 'e', settler = extend, fields = { 'id', 'fence', 'lease_ms' } },
  { verdict = 'r', settler = release, fields = { 'id', 'fence' } },
}

-- Returns the letters, and where the claims begin.
local function settle_all(q, args)
  local letters, at = {}, 8 + 3 * args[3]
  finish(q, { unpack(args, 8, at - 1) }, q.policy.doneWindowMs or tonumber(args[1]), letters)
  for i, kind in ipairs(SETTLERS) do
    for _ = 1, args[3 + i] do
      local settlement = { verdict = kind.verdict }
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
  math.randomseed(args[2])
  local letters, at = settle_all(q, args)
  reap(q)
  promote(q)
  forget_expired(q)
  q.claimed_bytes = 0
  local claims = {}
  for i = 1, args[7] do
    claims[i] = claim(q, tonumber(args[at]), tonumber(args[at + 1]), args[at + 2])
    at = at + 3
  end
  local left = claimable(q)
  if must_ring(q, left) then ring(q) end
  save_counts(q)
  save_clocks(q)
  return { letters, next_wake_ms(q), left, unpack(claims) }
end

-- It frees memory, so it must run when there is none left.
register('turn', turn, { 'allow-oom' })
