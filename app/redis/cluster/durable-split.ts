import { isMoorlineError, MoorlineError } from '../../resilience/errors.js';
import type { DurableReplies, DurableWait } from '../types.js';

/** Of one call: its reply, or the error with which it failed; and how far it had come at its node. */
export interface DurableOutcome {
  readonly reply: unknown;
  readonly confirmedReplicas: number;
  readonly onDisk?: boolean;
}

/**
 * One answer for calls that went to several nodes. What was not confirmed is an error of its own, at its place, as long as
 * others were: one node without replicas does not make everything else uncertain.
 */
export function joinOutcomes(outcomes: readonly DurableOutcome[], wait: DurableWait): DurableReplies {
  const confirmed = outcomes.filter((outcome) => isConfirmed(outcome, wait));
  const counted = confirmed.length === 0 ? outcomes : confirmed;
  return {
    replies: outcomes.map((outcome) =>
      counted.includes(outcome) || isMoorlineError(outcome.reply) ? outcome.reply : unconfirmed(wait),
    ),
    confirmedReplicas: Math.min(...counted.map(({ confirmedReplicas }) => confirmedReplicas)),
    ...(wait.onDisk === true ? { onDisk: confirmed.length > 0 } : {}),
  };
}

function isConfirmed({ confirmedReplicas, onDisk }: DurableOutcome, wait: DurableWait): boolean {
  return confirmedReplicas >= wait.replicas && (wait.onDisk !== true || onDisk === true);
}

function unconfirmed({ replicas, onDisk = false, waitMs }: DurableWait): MoorlineError {
  return new MoorlineError(
    'unconfirmed',
    `The write is done, but its node of the Redis Cluster did not confirm within ${waitMs} ms that ${replicas} replicas have it` +
      `${onDisk ? ', and the disk' : ''}. Send it again with the same ids: that makes no duplicates.`,
    { retryAfterMs: 1_000 },
  );
}
