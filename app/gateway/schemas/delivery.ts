import { z } from 'zod';
import { limits } from '../../queue/limits.js';
import { anyJson, fence, jobId, listOf, wholeNumber, workerName } from './basics.js';

const time = z.number().describe('Milliseconds since 1970, by the clock of Redis');

const leaseMs = wholeNumber(limits.minLeaseMs, limits.maxLeaseMs);

export const claimBody = z
  .strictObject({
    max: wholeNumber(1, limits.maxClaim).optional().describe('1 by default'),
    waitMs: wholeNumber(0, limits.maxWaitMs).optional().describe('Waits so long for work; 0 by default'),
    leaseMs: leaseMs.optional().describe('30 000 by default'),
    worker: workerName.optional(),
  })
  .meta({ id: 'Claim' });

const claimedJob = z
  .strictObject({
    id: jobId,
    fence,
    attempt: z.int().min(1).describe('1 for the first; crashes are counted apart'),
    maxAttempts: z.int().min(1),
    priority: z.int().min(0).max(limits.maxPriority),
    enqueuedAt: time,
    leaseUntil: time.describe('Settle or extend before this time (milliseconds since 1970, by the clock of Redis)'),
    timeoutMs: z.int().optional(),
    key: z.string().optional().describe('Jobs of one key run in order'),
    deadline: time.optional().describe('Of a task: nobody waits for its answer any longer'),
    stream: z.string().optional().describe('Of a task that has one: what is published there is told before its end'),
    data: anyJson,
  })
  .meta({ id: 'ClaimedJob' });

export const claimAnswer = z.strictObject({ jobs: z.array(claimedJob) });

const delivery = { id: jobId, fence };
const settlements = <Item extends z.ZodType>(item: Item) => listOf(item, 0, limits.maxSettlementsPerRequest).optional();

export const settleBody = z
  .strictObject({
    progress: settlements(
      z.strictObject({
        ...delivery,
        progress: anyJson
          .optional()
          .describe(`Replaces the last one; ${limits.maxProgressBytes} bytes of JSON at most`),
        log: z.string().optional().describe(`One more line; cut after ${limits.maxLogLineBytes} bytes`),
      }),
    ).describe('While the jobs are at work'),
    done: settlements(z.strictObject({ ...delivery, result: anyJson.optional() })),
    failed: settlements(
      z.strictObject({
        ...delivery,
        error: z.strictObject({
          message: z.string().describe(`Cut after ${limits.maxErrorMessageBytes} bytes`),
          code: z.string().min(1).max(limits.maxErrorCodeLength).optional(),
          stack: z.string().optional().describe(`Cut after ${limits.maxErrorStackBytes} bytes`),
          details: anyJson
            .optional()
            .describe(`Of more than ${limits.maxErrorDetailsBytes} bytes its text is kept, cut`),
        }),
        class: z
          .enum(['retry', 'never', 'wait', 'rateLimited'])
          .optional()
          .describe(
            '`retry` by default. `never`: a dead letter at once. `wait`: again later, no attempt is counted. ' +
              '`rateLimited`: the same, and until then the queue, or of a job with a key that key, hands out nothing',
          ),
        retry: z.boolean().optional().describe('false is the class `never`'),
        retryAfterMs: wholeNumber(0, limits.maxDelayMs).optional().describe('Instead of the backoff'),
      }),
    ),
    extend: settlements(z.strictObject({ ...delivery, leaseMs })),
    release: settlements(z.strictObject(delivery)).describe('Hands jobs back at once; no attempt is counted'),
    claim: claimBody.optional().describe('Claims in the same trip to Redis'),
  })
  .meta({ id: 'Settle' });

export const settleAnswer = z.strictObject({
  accepted: z.int().min(0),
  rejected: z.array(z.strictObject({ ...delivery, reason: z.enum(['stale', 'unconfirmed']) })),
  cancelled: z
    .array(z.strictObject(delivery))
    .optional()
    .describe(
      'Of those accepted: their jobs are cancelled. Drop one that was extended; however it is settled, it ends',
    ),
  jobs: z.array(claimedJob),
  nextWakeMs: z
    .number()
    .min(0)
    .optional()
    .describe('When nothing was claimed: until a delayed job is due or a lease expires'),
});
