import type { WorkerList } from '../../queue/worker-list.js';
import type { Routes } from '../route-types.js';
import { workerList } from '../schemas/worker.js';

/** Who does the jobs. */
export function workerRoutes(server: Routes, { workers }: { readonly workers: WorkerList }): void {
  server.get(
    '/api/v1/workers',
    {
      config: {
        scope: 'read',
        document: {
          summary: 'The worker processes that run now, by name',
          description: 'Each tells of itself every 30 seconds. Applications that claim jobs themselves are not in it.',
          status: 200,
          answer: workerList,
        },
      },
    },
    async () => ({ workers: await workers.list() }),
  );
}
