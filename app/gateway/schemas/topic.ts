import { z } from 'zod';
import { topicPattern } from '../../bus/validate.js';
import { anyJson, listOf } from './basics.js';
import { historyAnswer, publishAnswer } from './stream.js';

export const topicName = z
  .string()
  .regex(topicPattern, 'Expected 1-200 letters, digits, dots, colons, underscores or hyphens, first a letter or digit')
  .describe('Name of a topic');

/** Checked in full where it is subscribed to. */
export const topicPatternName = z.string().min(1).max(200);

export const topicParams = z.strictObject({ topic: topicName });

export const serverParams = z.strictObject({
  serverId: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,200}$/, 'Expected 1-200 letters, digits, dots, colons, underscores or hyphens')
    .describe('SERVER_ID of a gateway'),
});

const message = z.strictObject({
  data: anyJson,
  idempotencyKey: z.string().min(1).max(200).optional().describe('The same again within two minutes publishes nothing'),
});

export const messagesBody = z
  .union([message, z.strictObject({ messages: listOf(message, 1, 1_000) })])
  .meta({ id: 'PublishMessages' });

export const messagesAnswer = z.strictObject({ published: z.int().min(1) });

/** Of a recoverable topic with the position after the last of them. */
export const publishedAnswer = messagesAnswer.extend(publishAnswer.partial().shape);

export const topicHistoryAnswer = historyAnswer
  .omit({ stream: true })
  .extend({ topic: topicName })
  .meta({ id: 'TopicHistory' });
