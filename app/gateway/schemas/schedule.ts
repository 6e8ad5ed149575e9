import { z } from 'zod';
import { scheduleDefinition } from '../../queue/schedules/definition.js';
import { scheduleNamePattern } from '../../queue/schedules/schedules.js';
import { queryNumber, queryText, queueName } from './basics.js';

const scheduleName = z
  .string()
  .regex(
    scheduleNamePattern,
    'Expected 1-100 letters, digits, dots, underscores or hyphens, the first a letter or digit',
  );

export const scheduleParams = z.strictObject({ queue: queueName, name: scheduleName });

export const scheduleListQuery = z.strictObject({
  limit: queryNumber(1, 1_000).describe('Schedules a page; 100 by default'),
  cursor: queryText(100).describe('As the page before gave it'),
});

const time = z.number().describe('Milliseconds since 1970, by the clock of Redis');

export const scheduleView = z
  .strictObject({
    ...scheduleDefinition.shape,
    queue: queueName,
    name: scheduleName,
    runs: z.int().min(0).describe('Runs so far'),
    lastRunAt: time.optional(),
    lastError: z.string().optional().describe('Why the latest run made no job'),
    nextRunAt: time.optional().describe('Absent when it is paused or over'),
  })
  .meta({ id: 'Schedule' });

export const scheduleList = z.strictObject({
  schedules: z.array(scheduleView),
  cursor: z.string().optional().describe('For the next page; absent on the last one'),
});

export const removeAnswer = z.strictObject({ queue: queueName, name: scheduleName, removed: z.literal(true) });
