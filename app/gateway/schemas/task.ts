import { z } from 'zod';
import { limits } from '../../queue/limits.js';
import { anyJson, jobId, jobKey, queryNumber, queueName, wholeNumber } from './basics.js';

const maxWaitMs = 60_000;

export const askBody = z
  .strictObject({
    queue: queueName,
    data: anyJson,
    timeoutMs: wholeNumber(1, limits.maxTimeoutMs)
      .optional()
      .describe('From now to the deadline; 30 000 by default. Nobody begins the task after it'),
    wait: z.boolean().optional().describe('false: answers with the id at once; true by default'),
    id: jobId
      .optional()
      .describe(
        'Made by the server when absent; the same id again is the same task. Its queue and a colon come before it',
      ),
    priority: wholeNumber(0, limits.maxPriority).optional().describe('9 first; 0 by default'),
    key: jobKey.optional(),
    maxAttempts: wholeNumber(1, limits.maxAttemptsCeiling)
      .optional()
      .describe('How often it is tried; 1 by default, so that a failure is answered at once'),
    reply: z
      .enum(['stream', 'pubsub', 'key'])
      .optional()
      .describe('How the answer comes to this server. `stream` by default: it is kept while a connection is lost'),
    stream: z
      .boolean()
      .optional()
      .describe('Whoever does the task may tell something before its end, in the stream `task:<id>`'),
  })
  .meta({ id: 'Task' });

export const taskParams = z.strictObject({ id: jobId });

export const taskQuery = z.strictObject({
  waitMs: queryNumber(0, maxWaitMs).describe('Waits so long for the task to be over; 0 by default'),
});

export const taskAnswer = z.strictObject({
  id: jobId,
  result: anyJson.optional().describe('null where whoever did the task gave none'),
  stream: z.string().optional().describe('Where it is told in before its end'),
});
