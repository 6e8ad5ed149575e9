import type { ClaimedJob } from './types.js';

/** Who waits has given up by then: it is no failure of whoever was at it. */
const marginMs = 10;

/**
 * How long whoever has claimed a job may be at it, in ms from the claim: as long as the job says, or else `timeoutMs`; and nobody waits
 * for a task beyond its deadline.
 */
export function timeLimitOf(
  job: Pick<ClaimedJob, 'timeoutMs' | 'deadline' | 'leaseUntil'>,
  { leaseMs, timeoutMs }: { readonly leaseMs: number; readonly timeoutMs: number },
): number {
  const limit = job.timeoutMs ?? timeoutMs;
  if (job.deadline === undefined) return limit;
  // Both by the clock of Redis, so that those of other machines have no say.
  const claimedAt = job.leaseUntil - leaseMs;
  return Math.min(limit, Math.max(0, job.deadline - claimedAt) + marginMs);
}
