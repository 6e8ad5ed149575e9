import type { Bus } from '../../bus/bus.js';
import type { Routes } from '../route-types.js';
import { serverDetails, serverList } from '../schemas/server.js';
import { messagesAnswer, messagesBody, serverParams } from '../schemas/topic.js';
import { eachOf } from './topics.js';

/** What a server is asked takes it no time; one that is stuck must not hold up who asks. */
const detailsTimeoutMs = 3_000;

/** The processes that messages reach, and messages to one of them. */
export function serverRoutes(server: Routes, { bus }: { readonly bus: Bus }): void {
  server.get(
    '/api/v1/servers',
    {
      config: {
        scope: 'read',
        document: {
          summary: 'The servers that messages reach now, by id',
          description: 'Each says every half minute that it is there. Workers are listed by /api/v1/workers.',
          status: 200,
          answer: serverList,
        },
      },
    },
    async () => ({ servers: await bus.servers() }),
  );

  server.get(
    '/api/v1/servers/:serverId',
    {
      schema: { params: serverParams },
      config: {
        scope: 'read',
        document: {
          summary: 'How one server is, by its own account',
          description: 'Asked over the bus now. 404 when there is no such server, 504 when it does not answer.',
          status: 200,
          answer: serverDetails,
        },
      },
    },
    (request) => bus.request(request.params.serverId, 'health', null, { timeoutMs: detailsTimeoutMs }),
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
