import { z } from 'zod';
import { MoorlineError } from '../../resilience/errors.js';
import { streamName } from '../schemas/stream.js';
import { topicPatternName } from '../schemas/topic.js';

const id = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const stream = z.strictObject({ stream: streamName });
const topic = z.strictObject({ topic: topicPatternName });
const place = {
  offset: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  epoch: z.string().regex(/^[A-Za-z0-9]{0,64}$/),
};
const subscribeToStream = z.strictObject({
  stream: streamName,
  offset: place.offset.default(0),
  epoch: place.epoch.default(''),
});
/** Without an offset a topic begins now. */
const subscribeToTopic = z.strictObject({
  topic: topicPatternName,
  offset: place.offset.optional(),
  epoch: place.epoch.default(''),
});

const clientFrame = z.union([
  z.strictObject({ id, subscribe: z.union([subscribeToStream, subscribeToTopic]) }),
  z.strictObject({ id, unsubscribe: z.union([stream, topic]) }),
  z.strictObject({ id, auth: z.strictObject({ token: z.string().max(16_384) }) }),
  z.strictObject({ id, ping: z.strictObject({}) }),
]);

/** What a client may say. */
export type ClientFrame = z.output<typeof clientFrame>;

/** The frame; or, where its id can be told, the error to answer. Throws what is no frame at all. */
export function readClientFrame(value: unknown): ClientFrame | { readonly id: number; readonly error: MoorlineError } {
  const { success, data, error } = clientFrame.safeParse(value);
  if (success) return data;
  const known = z.looseObject({ id }).parse(value);
  const expected = '`subscribe`, `unsubscribe`, `auth` or `ping` as in the protocol';
  const [issue] = error.issues;
  return {
    id: known.id,
    error: new MoorlineError(
      'invalid_request',
      `Expected the frame to be ${expected}: ${issue?.message ?? 'it is not'}`,
    ),
  };
}
