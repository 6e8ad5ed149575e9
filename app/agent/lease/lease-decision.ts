import type { LeaseState } from './lease-store.js';

/** What this process has seen of the Lease; times of its own monotonic clock, so that no two clocks are compared. */
export interface Observed {
  readonly version: string;
  /** Since when the version has been the same. */
  readonly sinceMs: number;
}

export type LeaseDecision = 'renew' | 'take' | 'wait';

export const observe = (before: Observed | undefined, version: string, nowMs: number): Observed =>
  before?.version === version ? before : { version, sinceMs: nowMs };

/** Takes what nobody holds, and what its holder has not renewed for as long as it may. */
export function decideLease(lease: LeaseState, me: string, observed: Observed, nowMs: number): LeaseDecision {
  if (lease.holder === me) return 'renew';
  if (lease.holder === '') return 'take';
  return nowMs - observed.sinceMs > lease.durationMs ? 'take' : 'wait';
}
