import { z } from 'zod';
import { Api } from './api.js';
import { printJson, printTable } from './print.js';

export interface Output {
  readonly json?: true;
}

const workersPage = z.object({
  workers: z.array(
    z.looseObject({
      name: z.string(),
      queues: z.array(z.string()),
      running: z.number(),
      concurrency: z.number(),
      startedAt: z.number(),
      lastHeardAt: z.number(),
    }),
  ),
});

export async function listWorkers(options: Output): Promise<void> {
  const { workers } = await new Api().request(workersPage, '/api/v1/workers');
  if (options.json === true) printJson(workers);
  else {
    printTable(
      ['WORKER', 'RUNNING', 'CONCURRENCY', 'STARTED', 'HEARD', 'QUEUES'],
      workers.map(({ name, running, concurrency, startedAt, lastHeardAt, queues }) => [
        name,
        running,
        concurrency,
        new Date(startedAt).toISOString(),
        new Date(lastHeardAt).toISOString(),
        queues.join(' '),
      ]),
    );
  }
}
