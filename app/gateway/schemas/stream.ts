import { z } from 'zod';
import { limits, streamNamePattern } from '../../streams/limits.js';
import { anyJson, listOf, queryNumber, queryText, wholeNumber } from './basics.js';

export const streamName = z
  .string()
  .regex(
    streamNamePattern,
    'Expected 1-200 letters, digits, dots, colons, underscores or hyphens, first a letter or digit',
  )
  .describe('Name of a stream; a stream exists once it has a chunk');

const epoch = z.string().describe('Names one history of the stream; another one has nothing to do with these offsets');
const offset = z.int().min(0).describe('Of the last chunk; they count from 1');

export const streamParams = z.strictObject({ stream: streamName });

export const streamQuery = z.strictObject({
  offset: queryNumber(0, Number.MAX_SAFE_INTEGER).describe('The last chunk that you have; 0 for all there are'),
  epoch: queryText(64).describe('The epoch of that offset'),
});

export const publishBody = z
  .strictObject({
    chunks: listOf(anyJson, 0, limits.maxChunksPerRequest).optional(),
    end: z.boolean().optional().describe('These are the last ones'),
    producer: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,64}$/, 'Expected 1-64 letters, digits, dots, underscores or hyphens')
      .optional()
      .describe(
        'Who publishes, for requests that may have to be repeated: with the same `sequence` they are stored once',
      ),
    sequence: wholeNumber(1, 2 ** 52)
      .optional()
      .describe('Of this request by the count of its producer, who sends one after the other'),
  })
  .meta({ id: 'PublishChunks' });

export const publishAnswer = z.strictObject({ offset, epoch });

export const historyAnswer = z
  .strictObject({
    stream: streamName,
    epoch,
    offset,
    recovered: z
      .boolean()
      .describe('False: chunks after the offset that was asked for are gone, or the epoch is another one'),
    ended: z.boolean(),
    chunks: z.array(z.strictObject({ offset, data: anyJson })),
  })
  .meta({ id: 'StreamHistory' });
