import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { ClaimedJob, ClaimRequest, Queues, SettleRequest } from '../../queue/types.js';
import { claimedJobsJson, splice } from '../job-json.js';
import type { QueueCounters } from '../queue-counters.js';
import type { Routes } from '../route-types.js';
import { queueParams } from '../schemas/basics.js';
import { claimAnswer, claimBody, settleAnswer, settleBody } from '../schemas/delivery.js';
import { isAbandoned, type WaitingClaims } from '../waiting-claims.js';

export interface DeliveryRouteOptions {
  readonly queues: Queues;
  readonly counters: QueueCounters;
  readonly waitingClaims: WaitingClaims;
}

/** Jobs go out to workers, and verdicts come back. */
export function deliveryRoutes(server: Routes, { queues, counters, waitingClaims }: DeliveryRouteOptions): void {
  server.post(
    '/api/v1/queues/:queue/claim',
    {
      schema: { params: queueParams, body: claimBody.nullish() },
      config: {
        scope: 'consume',
        document: {
          summary: 'Claim jobs under a lease, waiting for work',
          description: 'Answers an empty list when nothing came within waitMs, or when the server is about to stop.',
          status: 200,
          answer: claimAnswer,
        },
      },
    },
    async (request, reply) => {
      const { queue } = request.params;
      const jobs = await waitingClaims.run(reply, (signal) =>
        queues.claim(queue, claimRequest(request.body ?? {}, signal)),
      );
      await handOut(queue, jobs, reply);
      return sendJson(reply, splice({}, { jobs: claimedJobsJson(jobs) }));
    },
  );

  server.post(
    '/api/v1/queues/:queue/settle',
    {
      schema: { params: queueParams, body: settleBody },
      config: {
        scope: 'consume',
        document: {
          summary: 'Settle deliveries and claim the next jobs in the same trip',
          description:
            'A settlement whose delivery is over (its lease expired, or it was settled otherwise) is rejected as `stale` and changes ' +
            'nothing. One that no replica has confirmed in time is rejected as `unconfirmed`: send it again. ' +
            'The same settlement again with the same verdict is accepted: a lost answer may be retried.',
          status: 200,
          answer: settleAnswer,
        },
      },
    },
    async (request, reply) => {
      const { queue } = request.params;
      const { jobs, ...answer } = await waitingClaims.run(reply, (signal) =>
        queues.settle(queue, settleRequest(request.body, signal)),
      );
      counters.settled(queue, request.body, answer.rejected.length);
      await handOut(queue, jobs, reply);
      return sendJson(reply, splice(answer, { jobs: claimedJobsJson(jobs) }));
    },
  );

  /** Counts what is handed out; what nobody is there to receive goes back at once. */
  async function handOut(queue: string, jobs: readonly ClaimedJob[], reply: FastifyReply): Promise<void> {
    counters.claimed(queue, jobs.length);
    if (jobs.length > 0 && isAbandoned(reply)) await queues.settle(queue, { release: jobs });
  }
}

const claimRequest = (body: z.output<typeof claimBody>, signal: AbortSignal): ClaimRequest => ({
  max: body.max ?? 1,
  waitMs: body.waitMs ?? 0,
  leaseMs: body.leaseMs ?? 30_000,
  worker: body.worker ?? 'anonymous',
  signal,
});

const settleRequest = (
  { progress, done, claim, ...others }: z.output<typeof settleBody>,
  signal: AbortSignal,
): SettleRequest => ({
  ...others,
  progress: progress?.map(({ progress: value, ...rest }) => ({ ...rest, progressJson: JSON.stringify(value) })),
  done: done?.map(({ result, ...delivery }) => ({ ...delivery, resultJson: JSON.stringify(result) })),
  claim: claim === undefined ? undefined : claimRequest(claim, signal),
});

const sendJson = (reply: FastifyReply, json: string): FastifyReply =>
  reply.type('application/json; charset=utf-8').send(json);
