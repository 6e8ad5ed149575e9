import type { Queues } from '../../queue/types.js';
import { isMoorlineError } from '../../resilience/errors.js';
import { acceptNdjson, jobsOf } from '../body/parsers.js';
import type { QueueCounters } from '../queue-counters.js';
import type { Routes } from '../route-types.js';
import { queueParams } from '../schemas/basics.js';
import { enqueueBody, enqueueReceipt } from '../schemas/job.js';

export interface QueueRouteOptions {
  readonly queues: Queues;
  readonly counters: QueueCounters;
  readonly maxBodyBytes: number;
}

/** Jobs come in. A plugin of its own, because no other route reads newline-delimited JSON. */
export function enqueueRoutes(server: Routes, { queues, counters, maxBodyBytes }: QueueRouteOptions): void {
  acceptNdjson(server, maxBodyBytes);

  const document = {
    summary: 'Enqueue one job or many',
    description:
      'As application/x-ndjson: one job a line. All jobs are validated before any is written. In `replicated` durability the answer ' +
      'comes once a replica has the jobs; 503 `unconfirmed` names them under `jobs`, and sending the same ids again makes no duplicates.',
    body: enqueueBody,
    bodyTypes: ['application/json', 'application/x-ndjson'],
    status: 202,
    answer: enqueueReceipt,
  } as const;

  server.post(
    '/api/v1/queues/:queue/jobs',
    { schema: { params: queueParams }, config: { scope: 'produce', document } },
    async (request, reply) => {
      const { queue } = request.params;
      try {
        const receipt = await queues.enqueue(queue, jobsOf(request.body));
        counters.enqueued(queue, receipt);
        return await reply.code(202).send(receipt);
      } catch (error) {
        if (isMoorlineError(error) && error.code === 'unconfirmed') counters.unconfirmed(queue);
        throw error;
      }
    },
  );
}
