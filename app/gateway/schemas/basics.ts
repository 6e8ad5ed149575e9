import { z } from 'zod';
import { fencePattern, jobIdPattern, keyPattern, limits, queueNamePattern } from '../../queue/limits.js';

export const queueName = z
  .string()
  .regex(queueNamePattern, 'Expected 1-128 letters, digits, dots, underscores or hyphens, first a letter or digit')
  .describe('Name of a queue; a queue exists as soon as it is named');

export const jobId = z
  .string()
  .regex(jobIdPattern, 'Expected 1-200 characters without control characters')
  .describe('Id of a job within its queue');

export const fence = z
  .string()
  .regex(fencePattern, 'Expected the fence as the claim answered it, a string')
  .describe('Names one delivery of a job and never repeats');

export const jobKey = z
  .string()
  .regex(keyPattern, 'Expected no control characters')
  .refine((key) => Buffer.byteLength(key) <= limits.maxKeyBytes, {
    error: `Expected at most ${limits.maxKeyBytes} bytes`,
  })
  .describe('Jobs of one key run in the order they came');

export const workerName = z
  .string()
  .min(1)
  .max(limits.maxWorkerLength)
  .describe('Name of the claiming worker, for people');

export const anyJson = z.unknown().describe('Any JSON value; numbers are doubles');

export const queueParams = z.strictObject({ queue: queueName });
export const jobParams = z.strictObject({ queue: queueName, id: jobId });
export const keyParams = z.strictObject({ queue: queueName, key: jobKey });

/** Nothing, or an empty object. */
export const noBody = z.strictObject({}).nullish();

export function wholeNumber(min: number, max: number): z.ZodNumber {
  const message = `Expected a whole number from ${min} to ${max}`;
  return z.number(message).int(message).min(min, message).max(max, message);
}

/** An array of `max` items at most. The length is looked at first: millions of faulty items must not make millions of reports. */
export const listOf = <Item extends z.ZodType>(item: Item, min: number, max: number) =>
  z.array(z.unknown()).min(min).max(max).pipe(z.array(item).min(min).max(max));

/** A number in a query string. An empty parameter counts as absent. */
export const queryNumber = (min: number, max: number) =>
  z.preprocess(
    (text) => (typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : blankAsAbsent(text)),
    wholeNumber(min, max).optional(),
  );

export const queryText = (maxLength: number) => z.preprocess(blankAsAbsent, z.string().max(maxLength).optional());

const blankAsAbsent = (text: unknown): unknown => (text === '' ? undefined : text);
