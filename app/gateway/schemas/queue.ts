import { z } from 'zod';
import { limits } from '../../queue/limits.js';
import { queueSettings } from '../../queue/settings.js';
import { anyJson, fence, jobId, jobKey, queryNumber, queryText, queueName, wholeNumber } from './basics.js';

export const amount = z.int().min(0);
const perSecond = z.number().min(0).describe('Over the last minute');
export const time = z.number().describe('Milliseconds since 1970, by the clock of Redis');

export const queueCounts = z
  .strictObject({
    queue: queueName,
    ready: amount,
    delayed: amount,
    leased: amount,
    dead: amount,
    blocked: amount.describe('Wait for another job: of their key, or the one that dedupe let run'),
    oldestReadyMs: z.number().min(0).describe('How long the oldest ready job has been ready; 0 when none is'),
    paused: z.boolean(),
    draining: z.boolean().describe('Takes no new jobs'),
    rates: z.strictObject({ enqueuedPerSecond: perSecond, donePerSecond: perSecond, failedPerSecond: perSecond }),
    totals: z
      .strictObject({
        enqueued: amount,
        done: amount,
        failed: amount,
        crashed: amount,
        dead: amount,
        cancelled: amount,
        deadBy: z.strictObject({ failed: amount, rejected: amount, crashed: amount, invalid: amount }),
        dropped: amount,
        expired: amount.describe('Tasks that nobody had begun at their deadline'),
      })
      .describe('Since the queue was made'),
  })
  .meta({ id: 'QueueCounts' });

export const queueListQuery = z.strictObject({
  limit: queryNumber(1, 1_000).describe('Queues a page; 100 by default'),
  cursor: queryText(128).describe('As the page before gave it'),
});

export const queueList = z.strictObject({
  queues: z.array(queueCounts),
  cursor: z.string().optional().describe('For the next page; absent on the last one'),
});

export const settingsView = z.strictObject({
  revision: amount.describe('Changes so far; 0 when nobody ever set anything'),
  settings: queueSettings,
});

export const cancelAnswer = z.strictObject({
  id: jobId,
  state: z.enum(['cancelled', 'cancelling']).describe('`cancelling`: a worker has it, and is told'),
});

export const pauseAnswer = z.strictObject({ queue: queueName, paused: z.boolean() });
export const drainAnswer = z.strictObject({ queue: queueName, draining: z.boolean() });
export const pauseKeyAnswer = z.strictObject({ queue: queueName, key: jobKey, paused: z.boolean() });

export const emptyBody = z
  .strictObject({
    limit: wholeNumber(1, limits.maxEmptied).optional().describe(`${limits.maxEmptied} by default, and at most`),
  })
  .nullish();
export const emptyAnswer = z.strictObject({ removed: amount });

const failure = {
  message: z.string(),
  code: z.string().optional(),
  stack: z.string().optional(),
  details: anyJson.optional(),
};

export const deadError = z.strictObject({
  ...failure,
  attempt: z.int(),
  at: time,
});

export const notes = {
  progress: anyJson.optional().describe('As the worker told it last'),
  log: z
    .array(z.strictObject({ attempt: z.int(), at: time, text: z.string() }))
    .optional()
    .describe('The last lines that workers wrote'),
};

const jobFacts = {
  ...notes,
  id: jobId,
  queue: queueName,
  attempts: amount.optional(),
  crashes: amount.optional(),
  maxAttempts: amount.optional(),
  priority: amount.optional(),
  enqueuedAt: time.optional(),
  key: z.string().optional(),
  deadline: time.optional().describe('Of a task'),
  stream: z.string().optional().describe('Of a task that has one'),
  data: anyJson.optional(),
};

const because = z
  .strictObject({
    reason: z
      .enum(['queue_paused', 'key_paused', 'key_busy', 'kept', 'concurrency', 'rate', 'key_rate'])
      .describe(
        'queue_paused, key_paused: until somebody resumes. key_busy: the job of its key has to end first. kept: the job that dedupe ' +
          'let run has to end. concurrency: so many jobs are under way. rate: the queue hands out again at `until`; key_rate: its key',
      ),
    job: jobId.optional(),
    until: time.optional(),
  })
  .optional()
  .describe('Why it waits; absent when it waits for a worker and those ahead of it');

export const jobView = z
  .discriminatedUnion('state', [
    z.strictObject({
      ...jobFacts,
      state: z.literal('ready'),
      ahead: amount.describe('Jobs that come before it'),
      because,
    }),
    z.strictObject({ ...jobFacts, state: z.literal('delayed'), until: time, because }),
    z.strictObject({
      ...jobFacts,
      state: z.literal('leased'),
      worker: z.string(),
      until: time,
      fence,
      cancelling: z.literal(true).optional(),
    }),
    z.strictObject({ ...jobFacts, state: z.literal('done'), result: anyJson.optional(), finishedAt: time }),
    z.strictObject({ ...jobFacts, state: z.literal('cancelled'), finishedAt: time }),
    z
      .strictObject({ ...jobFacts, state: z.literal('failed'), error: z.strictObject(failure), finishedAt: time })
      .describe('A task: other jobs become dead letters'),
    z
      .strictObject({ ...jobFacts, state: z.literal('expired'), finishedAt: time })
      .describe('A task that nobody had begun at its deadline'),
    z.strictObject({
      ...jobFacts,
      state: z.literal('dead'),
      reason: z.string(),
      errors: z.array(deadError),
      diedAt: time,
    }),
  ])
  .meta({ id: 'Job' });
