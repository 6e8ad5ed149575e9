import { beforeAll, describe, test } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { createMetrics } from '../../../app/metrics.js';
import { inProcess } from '../../../app/worker/handlers-module.js';
import type { Handler } from '../../../app/worker/types.js';
import { Worker } from '../../../app/worker/worker.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});

/** Runs a worker that finds its limit by itself on many jobs, until the limit is as expected. */
async function limitBecomes(expected: (limit: number) => boolean, handler: Handler): Promise<void> {
  const { queues } = await openQueues(`redis://${server.address}`);
  const registry = createMetrics();
  const worker = new Worker({
    queues,
    executors: new Map([['q', inProcess(handler)]]),
    checks: new Map(),
    concurrency: { min: 2, max: 64, roundMs: 100 },
    leaseMs: 60_000,
    jobTimeoutMs: 60_000,
    workerName: 'w',
    log: createLog({ level: 'silent' }),
    registry,
  });
  try {
    await queues.enqueue(
      'q',
      Array.from({ length: 5_000 }, () => ({ data: 1 })),
    );
    await waitFor('the limit is found', async () => {
      const [metric] = (await registry.getSingleMetric('moorline_worker_concurrency_limit')?.get())?.values ?? [];
      return metric !== undefined && expected(metric.value);
    });
  } finally {
    await queues.pause('q');
    await worker.stop(0);
    await server.cli('FLUSHALL');
  }
}

describe('a worker that finds its concurrency by itself', () => {
  test('backs off to the least when its handlers block the event loop', async () => {
    await limitBecomes(
      (limit) => limit === 2,
      () => {
        const until = performance.now() + 5;
        while (performance.now() < until);
      },
    );
  });

  test('backs off when what it calls fails', async () => {
    await limitBecomes(
      (limit) => limit < 28,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        throw Object.assign(new Error('too many requests'), { retry: false });
      },
    );
  });
});
