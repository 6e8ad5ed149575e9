import type { Queues } from '../../queue/types.js';
import { MoorlineError } from '../../resilience/errors.js';
import { jobViewJson } from '../job-json.js';
import type { Routes } from '../route-types.js';
import { jobParams, queueParams } from '../schemas/basics.js';
import { cancelAnswer, jobView, queueCounts, queueList, queueListQuery } from '../schemas/queue.js';

/** What queues hold, and where a job is. */
export function queueRoutes(server: Routes, { queues }: { readonly queues: Queues }): void {
  server.get(
    '/api/v1/queues',
    {
      schema: { querystring: queueListQuery },
      config: {
        scope: 'read',
        document: { summary: 'All queues with their counts, by name', status: 200, answer: queueList },
      },
    },
    async (request) => {
      const { limit = 100, cursor = '' } = request.query;
      const names = [...(await queues.names())].sort().filter((name) => name > cursor);
      const page = names.slice(0, limit);
      return {
        queues: await Promise.all(page.map((name) => queues.counts(name))),
        cursor: names.length > limit ? page.at(-1) : undefined,
      };
    },
  );

  server.get(
    '/api/v1/queues/:queue',
    {
      schema: { params: queueParams },
      config: {
        scope: 'read',
        document: {
          summary: 'Counts and rates of a queue',
          description: 'All zero for a queue that was never used: a queue exists as soon as it is named.',
          status: 200,
          answer: queueCounts,
        },
      },
    },
    (request) => queues.counts(request.params.queue),
  );

  server.get(
    '/api/v1/queues/:queue/jobs/:id',
    {
      schema: { params: jobParams },
      config: { scope: 'read', document: { summary: 'Where a job is, and why', status: 200, answer: jobView } },
    },
    async (request, reply) => {
      const { queue, id } = request.params;
      const view = await queues.job(queue, id);
      if (view === undefined) {
        throw new MoorlineError(
          'not_found',
          `Queue ${queue} has no job ${id}: it never had one, or finished it longer ago than it remembers`,
        );
      }
      return reply.type('application/json; charset=utf-8').send(jobViewJson(view));
    },
  );

  server.delete(
    '/api/v1/queues/:queue/jobs/:id',
    {
      schema: { params: jobParams },
      config: {
        scope: 'operate',
        document: {
          summary: 'Cancel a job',
          description:
            'One that waits is gone at once. Of one that a worker has, the worker is told; however it settles the job then, it ends as cancelled. ' +
            'The id stays known for a while, as that of a finished job does.',
          status: 200,
          answer: cancelAnswer,
        },
      },
    },
    (request) => queues.cancel(request.params.queue, request.params.id),
  );
}
