export interface LimitBounds {
  readonly min: number;
  readonly max: number;
}

/** What was seen of a round. */
export interface Round {
  /** At the busiest moment of it. */
  readonly inFlight: number;
  readonly succeeded: number;
  /** Errors and timeouts. */
  readonly failed: number;
  /** Share of the round that the event loop was busy, 0 to 1. */
  readonly loopUtilization: number;
  /** How late the event loop came to a timer, at the 99th percentile. */
  readonly loopDelayMs: number;
  /** Renewals of leases came so late that jobs are in danger. */
  readonly renewedLate: boolean;
}

const overload = { loopUtilization: 0.85, loopDelayMs: 50 };
/** A share of failures above this is taken for too much load, below it for the jobs' own fault. */
const toleratedFailures = 0.1;
/** Fewer failures say nothing of the load. */
const minFailures = 3;

/**
 * The limit for the next round: one more while at least half of it is used, a tenth less when work fails or renewals are late,
 * a fifth less when the event loop cannot keep up. Additive increase and multiplicative decrease lead many processes that
 * share a bottleneck to equal shares of it.
 */
export function nextLimit(limit: number, round: Round, { min, max }: LimitBounds): number {
  return Math.min(max, Math.max(min, unbounded(limit, round)));
}

function unbounded(limit: number, round: Round): number {
  // Nothing was done, so nothing of what was seen is the work's doing.
  if (round.inFlight === 0) return limit;
  if (round.loopUtilization > overload.loopUtilization || round.loopDelayMs > overload.loopDelayMs) return limit * 0.8;
  if (round.renewedLate || failsTooOften(round)) return limit * 0.9;
  return round.inFlight * 2 >= limit ? limit + 1 : limit;
}

function failsTooOften({ succeeded, failed }: Round): boolean {
  return failed >= minFailures && failed > toleratedFailures * (succeeded + failed);
}
