import type { BreakerOptions } from '../resilience/breaker.js';
import { isMoorlineError, MoorlineError } from '../resilience/errors.js';
import { kindOfRedisError } from './redis-errors.js';
import type { Role } from './types.js';

interface RoleLimits {
  /** A call without a deadline of its own gives up after so long. */
  readonly deadlineMs: number;
  /** Its calls are there to wait. */
  readonly blocks?: true;
}

/** Why there are several connections: a call must not stand in line behind another kind of call. */
export const roles: Readonly<Record<Role, RoleLimits>> = {
  // Small questions and single writes.
  command: { deadlineMs: 3_000 },
  // Claims and settlements: may be large, and are worth waiting out a short failover.
  task: { deadlineMs: 5_000 },
  // Writes followed by WAIT, which blocks its connection; the time of the WAIT comes on top.
  durable: { deadlineMs: 5_000 },
  // Likewise with WAITAOF, which may take as long as a disk does.
  disk: { deadlineMs: 5_000 },
  // BZPOPMIN; its block time comes on top.
  blocking: { deadlineMs: 5_000, blocks: true },
  // XREAD, likewise: the answers of tasks must not wait behind the doorbell.
  replies: { deadlineMs: 5_000, blocks: true },
  // Messages of other processes, and nothing else: they must not wait behind replies.
  subscriber: { deadlineMs: 5_000 },
  // What is large and in no hurry, such as work on many dead letters.
  admin: { deadlineMs: 10_000 },
};

/**
 * When the calls of a role are refused at once: after more than ten seconds without Redis. A failover takes two (a crash)
 * to six (a frozen primary), and is to be a delay for whoever has the time to wait.
 */
export const breakerOptions: BreakerOptions = {
  sampleMs: 20_000,
  leastCalls: 5,
  failedShare: 0.5,
  patienceMs: 8_000,
  openMs: 1_000,
  // A node of a cluster that sends a call elsewhere does serve.
  isFailure: (error) =>
    isMoorlineError(error) &&
    (error.code === 'redis_unavailable' || error.code === 'deadline_exceeded') &&
    kindOfRedisError(error.cause) !== 'redirected',
  refusal: (retryAfterMs) =>
    new MoorlineError(
      'redis_unavailable',
      'Redis has not served calls for a while, so this one was refused instead of letting it wait; try again',
      { retryAfterMs },
    ),
};
