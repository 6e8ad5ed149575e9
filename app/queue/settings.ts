import { z } from 'zod';
import { limits } from './limits.js';

const count = (max: number) => z.int().min(1).max(max);
const duration = z.int().min(1).max(limits.maxDelayMs);
const rate = z.number().min(limits.minRatePerSecond).max(limits.maxRatePerSecond);

/** How long a job that failed waits before its next attempt, counted from 1. */
export const backoff = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('fixed'), delayMs: duration }).describe('Always the same'),
    z
      .strictObject({ kind: z.literal('exponential'), baseMs: duration, maxMs: duration })
      .describe('baseMs, doubled with each attempt'),
    z
      .strictObject({ kind: z.literal('fullJitter'), baseMs: duration, maxMs: duration })
      .describe('By chance between 0 and the exponential one: a herd that failed together does not come back together'),
    z
      .strictObject({ kind: z.literal('decorrelated'), baseMs: duration, maxMs: duration })
      .describe('By chance between baseMs and three times the delay before'),
    z
      .strictObject({ kind: z.literal('list'), delaysMs: z.array(duration).min(1).max(20) })
      .describe('One after another; the last one again and again'),
  ])
  .meta({ id: 'Backoff' });

export type Backoff = z.output<typeof backoff>;

/** What a queue is told once and for all its jobs. All of it is optional: a queue exists as soon as it is named. */
export const queueSettings = z
  .strictObject({
    durability: z
      .enum(['memory', 'replicated', 'fsync'])
      .describe('When an enqueue counts: the primary has it, a replica has it, or both have it on disk'),
    maxAttempts: count(limits.maxAttemptsCeiling).describe('For jobs that do not say'),
    timeoutMs: count(limits.maxTimeoutMs).describe('For jobs that do not say'),
    backoff: backoff.describe('For jobs that do not say'),
    maxCrashes: count(100).describe('A job that took so many workers down is a dead letter'),
    maxDataBytes: count(limits.maxJobDataBytes).describe('The largest data of a job, as JSON'),
    schema: z
      .record(z.string(), z.unknown())
      .describe('JSON Schema of the data; a job that does not match becomes a dead letter with the reason'),
    doneWindowMs: z
      .int()
      .min(1000)
      .max(7 * 86_400_000)
      .describe('How long at least results are kept and ids of finished jobs are refused as duplicates'),
    shards: count(limits.maxShards).describe(
      'Over so many keys of Redis, and primaries of a Redis Cluster, its jobs are spread; 1 by default. Order is kept within a shard',
    ),
    ageingMs: duration.describe(
      'So long a wait weighs as much as one step of priority: nothing starves. Holds from the next claim on, for jobs in line, too; ' +
        'among jobs of one key, priority stays strict',
    ),
    concurrency: count(100_000).describe('Jobs under way at the same time, over all workers'),
    ratePerSecond: rate.describe('Jobs handed out a second, over all workers'),
    burst: count(100_000).describe('How many of them at once; 1 by default'),
    keyConcurrency: count(1000).describe(
      'Jobs of one key under way at the same time; 1 by default, which keeps their order',
    ),
    keyRatePerSecond: rate.describe('Jobs of one key handed out a second'),
    maxReadyAgeMs: duration.describe('Producers are refused (429) while the oldest ready job has waited longer'),
    maxReplays: count(1000).describe('How often one dead letter may be replayed'),
  })
  .partial()
  .meta({ id: 'QueueSettings' });

export type QueueSettings = z.output<typeof queueSettings>;

/** With the number of changes so far: 0 means that nobody ever set anything. */
export interface SettingsView {
  readonly revision: number;
  readonly settings: QueueSettings;
}

/** What a queue with shards divides among them. */
const divided = ['concurrency', 'ratePerSecond', 'burst'];

/** The settings that functions need, as functions/queue.lua reads them. */
export function policyText({ backoff: wait, shards = 1, ...settings }: QueueSettings): string {
  const parts = Object.entries(shardOfLimits(settings, shards)).flatMap(([name, value]) =>
    typeof value === 'number' ? [`${name}=${value}`] : [],
  );
  return [...parts, ...(wait === undefined ? [] : [`backoff=${backoffText(wait)}`])].join(' ');
}

/** Each shard keeps to its share by itself; what is counted in whole jobs is rounded up. */
function shardOfLimits(settings: QueueSettings, shards: number): QueueSettings {
  if (shards === 1) return settings;
  const share = ([name, value]: [string, unknown]): [string, unknown] => {
    if (!divided.includes(name) || typeof value !== 'number') return [name, value];
    return [name, name === 'ratePerSecond' ? value / shards : Math.ceil(value / shards)];
  };
  return Object.fromEntries(Object.entries(settings).map(share));
}

/** For example `fullJitter:1000:300000`; jobs carry their own in the same words. */
export function backoffText(wait: Backoff): string {
  switch (wait.kind) {
    case 'fixed':
      return `fixed:${wait.delayMs}`;
    case 'list':
      return ['list', ...wait.delaysMs].join(':');
    default:
      return `${wait.kind}:${wait.baseMs}:${wait.maxMs}`;
  }
}
