import { MoorlineError } from '../resilience/errors.js';
import type { DurableWait, FunctionCall, RedisConnections } from '../redis/types.js';
import type { Durability } from './types.js';

/** From the weakest promise to the strongest. */
export const durabilityClasses = ['memory', 'replicated', 'fsync'] as const;

export function isStronger(one: Durability['class'], other: Durability['class']): boolean {
  return durabilityClasses.indexOf(one) > durabilityClasses.indexOf(other);
}

export interface Deployment {
  /** How many replicas the primary has for sure: 0 for one server alone. */
  readonly replicas: 0 | 1;
  /** How long replicas may take to confirm. */
  readonly waitReplicasTimeoutMs: number;
}

/** What a receipt says of jobs that are stored as their class promises. */
export function promiseKept(durability: Durability['class'], { replicas }: Deployment): Durability {
  return { class: durability, replicas: replicasWanted(durability, replicas), confirmed: true };
}

/** Replies in the order of the calls, a refused call as its error; and why the promise is not kept, if it is not. */
export interface Written {
  readonly replies: readonly unknown[];
  readonly unconfirmed?: MoorlineError;
}

export type Write = (calls: readonly FunctionCall[]) => Promise<Written>;

/** With appendfsync everysec a disk is up to a second late, and so is that of the replica after it. */
const disksMs = 2_500;
/** Ids make an enqueue idempotent. */
const again = { repeatable: true };

/** How calls are written so that they count in their class. */
export function writerOf(
  durability: Durability['class'],
  connections: Pick<RedisConnections, 'call' | 'callDurably'>,
  deployment: Deployment,
): Write {
  if (durability === 'memory') return (calls) => writeToMemory(connections, calls);
  const onDisk = durability === 'fsync';
  const replicas = replicasWanted(durability, deployment.replicas);
  const waitMs = deployment.waitReplicasTimeoutMs + (onDisk ? disksMs : 0);
  return async (calls) => {
    const done = await connections.callDurably(calls, { replicas, onDisk, waitMs }, again);
    if (onDisk && done.onDisk !== true)
      return { ...done, unconfirmed: notConfirmed('the disk of the primary', waitMs) };
    if (done.confirmedReplicas >= replicas) return done;
    return { ...done, unconfirmed: notConfirmed(onDisk ? 'the disk of a replica' : 'a replica', waitMs) };
  };
}

/**
 * What a settlement waits for before it counts: a replica, as far as the class asks for one. A disk is not asked: a verdict
 * that a power cut takes back makes a job run again, and loses none.
 */
export function settlementWait(durability: Durability['class'], deployment: Deployment): DurableWait | undefined {
  const replicas = replicasWanted(durability, deployment.replicas);
  return replicas === 0 ? undefined : { replicas, waitMs: deployment.waitReplicasTimeoutMs };
}

async function writeToMemory(
  connections: Pick<RedisConnections, 'call'>,
  calls: readonly FunctionCall[],
): Promise<Written> {
  const [only] = calls;
  if (only !== undefined && calls.length === 1) return { replies: [await connections.call('command', only, again)] };
  const outcomes = await Promise.allSettled(calls.map((call) => connections.call('command', call, again)));
  return {
    replies: outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error))),
  };
}

/** `replicated` asks for a replica in any case, `fsync` for its disk where there is one. */
function replicasWanted(durability: Durability['class'], replicas: 0 | 1): 0 | 1 {
  if (durability === 'memory') return 0;
  return durability === 'replicated' ? 1 : replicas;
}

function notConfirmed(where: string, waitMs: number): MoorlineError {
  return new MoorlineError(
    'unconfirmed',
    `The jobs are stored, but it was not confirmed within ${waitMs} ms that ${where} has them. ` +
      'Send the same ids again: that makes no duplicates.',
    { retryAfterMs: 1000 },
  );
}
