/**
 * How much one function call may carry. A call blocks Redis for everybody: these keep it near a millisecond.
 */
export const callLimits = {
  maxJobs: 500,
  /** Jobs that are dead from the beginning cost Redis several commands each. */
  maxDeadJobs: 100,
  /** A failure or a release costs Redis several commands of its own, `done` and `extend` share theirs. */
  maxSettlementCost: 500,
  maxClaimed: 250,
  maxClaims: 50,
  /** One item may exceed it alone. */
  maxBytes: 256 * 1024,
} as const;
