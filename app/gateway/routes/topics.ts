import type { z } from 'zod';
import type { Bus } from '../../bus/bus.js';
import type { Routes } from '../route-types.js';
import { messagesAnswer, messagesBody, serverParams, topicParams } from '../schemas/topic.js';

/** Messages to whoever listens now. */
export function topicRoutes(server: Routes, { bus }: { readonly bus: Bus }): void {
  server.post(
    '/api/v1/topics/:topic/messages',
    {
      schema: { params: topicParams, body: messagesBody },
      config: {
        scope: 'produce',
        document: {
          summary: 'Publish to a topic',
          description:
            'Whoever listens now gets them in this order, at most once. Nothing is kept for those who come later: streams are for that.',
          status: 202,
          answer: messagesAnswer,
        },
      },
    },
    async (request, reply) => {
      const trace = traceOf(request.headers);
      const published = await eachOf(request.body, ({ data, idempotencyKey }) =>
        bus.publish(request.params.topic, data, { idempotencyKey, trace }),
      );
      return reply.code(202).send({ published });
    },
  );

  server.post(
    '/api/v1/servers/:serverId/messages',
    {
      schema: { params: serverParams, body: messagesBody },
      config: {
        scope: 'produce',
        document: {
          summary: 'Send to one server',
          description:
            'Who is connected to that gateway gets it by the topic `server:<its id>`. 404 when there is no such server.',
          status: 202,
          answer: messagesAnswer,
        },
      },
    },
    async (request, reply) => {
      const published = await eachOf(request.body, ({ data }) => bus.send(request.params.serverId, data));
      return reply.code(202).send({ published });
    },
  );
}

type Body = z.output<typeof messagesBody>;
type One = Extract<Body, { readonly data?: unknown }>;

/** All at once: the bus keeps their order. */
async function eachOf(body: Body, publish: (message: One) => Promise<void>): Promise<number> {
  const messages = 'messages' in body ? body.messages : [body];
  await Promise.all(messages.map(publish));
  return messages.length;
}

const traceOf = ({ traceparent }: Readonly<Record<string, unknown>>): string | undefined =>
  typeof traceparent === 'string' && /^[0-9a-f-]{1,64}$/.test(traceparent) ? traceparent : undefined;
