import type { z } from 'zod';
import type { DeadSelection, Queues } from '../../queue/types.js';
import { deadJobsJson, splice } from '../job-json.js';
import type { Routes } from '../route-types.js';
import { queueParams } from '../schemas/basics.js';
import { deadPage, deadQuery, deadSelection, purgeAnswer, replayAnswer } from '../schemas/queue.js';

/** Dead letters: looking at them, giving them another chance, letting them go. */
export function deadRoutes(server: Routes, { queues }: { readonly queues: Queues }): void {
  server.get(
    '/api/v1/queues/:queue/dead',
    {
      schema: { params: queueParams, querystring: deadQuery },
      config: { document: { summary: 'Dead letters with their errors', status: 200, answer: deadPage } },
    },
    async (request, reply) => {
      const { limit = 50, cursor, fingerprint } = request.query;
      const { jobs, ...rest } = await queues.dead(request.params.queue, { limit, cursor, fingerprint });
      return reply.type('application/json; charset=utf-8').send(splice(rest, { jobs: deadJobsJson(jobs) }));
    },
  );

  server.post(
    '/api/v1/queues/:queue/dead/replay',
    {
      schema: { params: queueParams, body: deadSelection },
      config: {
        document: { summary: 'Make dead letters ready again, as if new', status: 200, answer: replayAnswer },
      },
    },
    (request) => queues.replay(request.params.queue, selectionOf(request.body), request.body),
  );

  server.post(
    '/api/v1/queues/:queue/dead/purge',
    {
      schema: { params: queueParams, body: deadSelection },
      config: { document: { summary: 'Delete dead letters', status: 200, answer: purgeAnswer } },
    },
    (request) => queues.purge(request.params.queue, selectionOf(request.body), request.body),
  );
}

/** The schema has seen to it that exactly one is given. */
function selectionOf({ ids, fingerprint }: z.output<typeof deadSelection>): DeadSelection {
  if (ids !== undefined) return { ids };
  return fingerprint === undefined ? { all: true } : { fingerprint };
}
