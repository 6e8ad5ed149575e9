import type { z } from 'zod';
import type { Position } from '../../streams/types.js';
import type { Topics } from '../../streams/topics.js';
import type { EventStreams } from '../live/event-streams.js';
import { historyJson, positionOf } from '../live/positions.js';
import type { Routes } from '../route-types.js';
import { streamQuery } from '../schemas/stream.js';
import { messagesBody, publishedAnswer, topicHistoryAnswer, topicParams } from '../schemas/topic.js';

export interface TopicRouteOptions {
  readonly topics: Topics;
  readonly eventStreams: EventStreams;
}

/** Messages to whoever listens now, and where the topic is recoverable to whoever comes back. */
export function topicRoutes(server: Routes, { topics, eventStreams }: TopicRouteOptions): void {
  server.post(
    '/api/v1/topics/:topic/messages',
    {
      schema: { params: topicParams, body: messagesBody },
      config: {
        scope: 'produce',
        document: {
          summary: 'Publish to a topic',
          description:
            'Whoever listens now gets them in this order, at most once. A recoverable topic (MOORLINE_RECOVERABLE_TOPICS) also keeps them for those who come back; then the answer is the position after the last.',
          status: 202,
          answer: publishedAnswer,
        },
      },
    },
    async (request, reply) => {
      const trace = traceOf(request.headers);
      let last: Position | undefined;
      const published = await eachOf(request.body, async ({ data, idempotencyKey }) => {
        last = await topics.publish(request.params.topic, data, { idempotencyKey, trace });
      });
      return reply.code(202).send({ published, ...last });
    },
  );

  server.get(
    '/api/v1/topics/:topic',
    {
      schema: { params: topicParams, querystring: streamQuery },
      config: {
        scope: 'read',
        document: {
          summary: 'Follow a recoverable topic as text/event-stream, or read its history as JSON',
          description: 'As a stream is followed by /api/v1/streams/{stream}; a topic never ends.',
          status: 200,
          answer: topicHistoryAnswer,
        },
      },
    },
    async (request, reply) => {
      const { topic } = request.params;
      const { position: wanted, isReturning } = positionOf(request, request.query);
      if (request.headers.accept?.includes('text/event-stream') === true) {
        await eventStreams.answer(reply, { follow: (onNews) => topics.follow(topic, wanted, onNews), isReturning });
        return reply;
      }
      const json = await historyJson({ topic }, (offset) => topics.history(topic, offset), wanted);
      return reply.type('application/json; charset=utf-8').send(json);
    },
  );
}

type Body = z.output<typeof messagesBody>;
type One = Extract<Body, { readonly data?: unknown }>;

/** All at once: the bus keeps their order. */
export async function eachOf(body: Body, publish: (message: One) => Promise<unknown>): Promise<number> {
  const messages = 'messages' in body ? body.messages : [body];
  await Promise.all(messages.map(publish));
  return messages.length;
}

const traceOf = ({ traceparent }: Readonly<Record<string, unknown>>): string | undefined =>
  typeof traceparent === 'string' && /^[0-9a-f-]{1,64}$/.test(traceparent) ? traceparent : undefined;
