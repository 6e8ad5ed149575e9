import type { Role } from './types.js';

interface RoleLimits {
  /** A call without a deadline of its own gives up after so long. */
  readonly deadlineMs: number;
}

/** Why there are several connections: a call must not stand in line behind another kind of call. */
export const roles: Readonly<Record<Role, RoleLimits>> = {
  // Small questions and single writes.
  command: { deadlineMs: 3_000 },
  // Claims and settlements: may be large, and are worth waiting out a short failover.
  task: { deadlineMs: 5_000 },
  // Writes followed by WAIT, which blocks its connection; the time of the WAIT comes on top.
  durable: { deadlineMs: 5_000 },
  // BZPOPMIN; its block time comes on top.
  blocking: { deadlineMs: 5_000 },
};

export const roleNames = Object.keys(roles) as readonly Role[];
