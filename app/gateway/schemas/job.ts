import { z } from 'zod';
import { limits } from '../../queue/limits.js';
import { backoff } from '../../queue/settings.js';
import { anyJson, jobId, jobKey, listOf, wholeNumber } from './basics.js';

const dedupe = z
  .strictObject({
    key: jobKey.describe('Of jobs with the same one stands for the others; nothing to do with the key of the order'),
    mode: z
      .enum(['simple', 'throttle', 'debounce', 'keepLast'])
      .describe(
        'simple: others are dropped until the first is finished. throttle: for ttlMs since the first. debounce: a new one takes ' +
          'the place of the first while that is delayed, and its own delay begins. keepLast: while the first is under way, the ' +
          'newest other is kept and runs after it; before that, others are dropped',
      ),
    ttlMs: wholeNumber(1, limits.maxDelayMs).optional().describe('With throttle, and only then'),
  })
  .meta({ id: 'Dedupe' });

export const jobInput = z
  .strictObject({
    id: jobId.optional().describe('Made by the server when absent; the same id again is a duplicate, not a second job'),
    data: anyJson,
    priority: wholeNumber(0, limits.maxPriority).optional().describe('9 first; 0 by default'),
    delayMs: wholeNumber(0, limits.maxDelayMs).optional().describe('Ready only after so long; 0 by default'),
    maxAttempts: wholeNumber(1, limits.maxAttemptsCeiling)
      .optional()
      .describe(`Failed attempts that make a dead letter; ${limits.defaultMaxAttempts} by default`),
    timeoutMs: wholeNumber(1, limits.maxTimeoutMs).optional().describe('How long a handler may take'),
    backoff: backoff.optional().describe('How long it waits after a failed attempt; as its queue says by default'),
    key: jobKey
      .optional()
      .describe('Jobs of one key run in the order they came, as many at a time as keyConcurrency of the queue'),
    dedupe: dedupe.optional(),
  })
  .meta({ id: 'JobInput' });

export const jobList = z.strictObject({ jobs: listOf(jobInput, 1, limits.maxJobsPerRequest) });

/** One job, or many. */
export const enqueueBody = z.union([jobInput, jobList]);

export const enqueueReceipt = z.strictObject({
  jobs: z.array(
    z.strictObject({
      id: jobId,
      status: z.enum(['queued', 'delayed', 'duplicate', 'dead']),
      of: jobId.optional().describe('Of a job that dedupe dropped: the one that stands for it'),
    }),
  ),
  durability: z.strictObject({
    class: z.enum(['memory', 'replicated', 'fsync']),
    replicas: z.int().min(0).describe('How many replicas have the jobs besides the primary'),
    confirmed: z.boolean(),
  }),
});
