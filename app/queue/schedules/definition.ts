import { z } from 'zod';
import { limits } from '../limits.js';
import { backoff } from '../settings.js';
import { cronFault } from './next-run.js';

const time = z.int().min(0).max(8.64e15);
const maxIntervalMs = 366 * 24 * 3600 * 1000;

/** A job as each run makes it; its id is made of the schedule's name and the time of the run. */
const scheduledJob = z.strictObject({
  data: z.unknown().describe('Any JSON value; numbers are doubles'),
  priority: z.int().min(0).max(limits.maxPriority).optional(),
  maxAttempts: z.int().min(1).max(limits.maxAttemptsCeiling).optional(),
  timeoutMs: z.int().min(1).max(limits.maxTimeoutMs).optional(),
  backoff: backoff.optional(),
  key: z.string().min(1).max(200).optional().describe('Jobs of one key run in order'),
});

/** When a job comes again, and which. Exactly one of `cron` and `everyMs`. */
export const scheduleDefinition = z
  .strictObject({
    cron: z
      .string()
      .max(200)
      .optional()
      .describe('Five fields, or six with seconds first, such as `0 3 * * *`; also `@daily` and the like'),
    timeZone: z.string().max(100).optional().describe('IANA name for `cron`, such as `Europe/Berlin`; UTC by default'),
    everyMs: z
      .int()
      .min(1_000)
      .max(maxIntervalMs)
      .optional()
      .describe('At each multiple of it since `startAt`, or since 1970'),
    startAt: time.optional().describe('No run before this time: milliseconds since 1970'),
    endAt: time.optional().describe('No run after this time'),
    limit: z.int().min(1).max(1e9).optional().describe('No more runs than so many'),
    paused: z.boolean().optional().describe('No runs, until it is put without'),
    job: scheduledJob,
  })
  .superRefine(({ cron, timeZone = 'UTC', everyMs }, context) => {
    const refuse = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if ((cron === undefined) === (everyMs === undefined)) refuse('cron', 'Expected exactly one of cron and everyMs');
    const fault = cron === undefined ? undefined : cronFault(cron, timeZone);
    if (fault !== undefined) refuse(fault.field, fault.message);
  })
  .meta({ id: 'ScheduleDefinition' });

export type ScheduleDefinition = z.output<typeof scheduleDefinition>;
