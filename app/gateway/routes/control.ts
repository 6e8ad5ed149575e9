import type { Queues } from '../../queue/types.js';
import type { Routes } from '../route-types.js';
import { keyParams, noBody, queueParams } from '../schemas/basics.js';
import { drainAnswer, emptyAnswer, emptyBody, pauseAnswer, pauseKeyAnswer } from '../schemas/queue.js';

/** Pausing, draining and emptying. */
export function controlRoutes(server: Routes, { queues }: { readonly queues: Queues }): void {
  server.post(
    '/api/v1/queues/:queue/pause',
    {
      schema: { params: queueParams, body: noBody },
      config: {
        scope: 'operate',
        document: { summary: 'Pause: nothing is claimed until it resumes', status: 200, answer: pauseAnswer },
      },
    },
    async ({ params: { queue } }) => {
      await queues.pause(queue);
      return { queue, paused: true };
    },
  );

  server.post(
    '/api/v1/queues/:queue/resume',
    {
      schema: { params: queueParams, body: noBody },
      config: {
        scope: 'operate',
        document: { summary: 'Resume a queue that is paused or draining', status: 200, answer: pauseAnswer },
      },
    },
    async ({ params: { queue } }) => {
      await queues.resume(queue);
      return { queue, paused: false };
    },
  );

  server.post(
    '/api/v1/queues/:queue/drain',
    {
      schema: { params: queueParams, body: noBody },
      config: {
        scope: 'operate',
        document: {
          summary: 'Drain: what is there is handed out, and new jobs are refused (409 queue_paused) until it resumes',
          status: 200,
          answer: drainAnswer,
        },
      },
    },
    async ({ params: { queue } }) => {
      await queues.drain(queue);
      return { queue, draining: true };
    },
  );

  server.post(
    '/api/v1/queues/:queue/empty',
    {
      schema: { params: queueParams, body: emptyBody },
      config: {
        scope: 'operate',
        document: {
          summary: 'Remove jobs that are not under way',
          description:
            'Ready and delayed ones, retries and those that wait for another job; dead letters stay. Their ids are free again.',
          status: 200,
          answer: emptyAnswer,
        },
      },
    },
    async ({ params: { queue }, body }) => ({ removed: await queues.empty(queue, body?.limit) }),
  );

  server.post(
    '/api/v1/queues/:queue/keys/:key/pause',
    {
      schema: { params: keyParams, body: noBody },
      config: {
        scope: 'operate',
        document: {
          summary: 'Pause one key: nothing of it is claimed until it resumes',
          status: 200,
          answer: pauseKeyAnswer,
        },
      },
    },
    async ({ params: { queue, key } }) => {
      await queues.pauseKey(queue, key);
      return { queue, key, paused: true };
    },
  );

  server.post(
    '/api/v1/queues/:queue/keys/:key/resume',
    {
      schema: { params: keyParams, body: noBody },
      config: { scope: 'operate', document: { summary: 'Resume a paused key', status: 200, answer: pauseKeyAnswer } },
    },
    async ({ params: { queue, key } }) => {
      await queues.resumeKey(queue, key);
      return { queue, key, paused: false };
    },
  );
}
