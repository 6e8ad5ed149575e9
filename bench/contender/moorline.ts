import { loadConfig } from '../../app/config/index.js';
import { createLog } from '../../app/log.js';
import { createMetrics } from '../../app/metrics.js';
import { RedisQueues } from '../../app/queue/queues.js';
import { connectRedis } from '../../app/redis/index.js';
import { inProcess } from '../../app/worker/handlers-module.js';
import { Worker } from '../../app/worker/worker.js';
import { waitFor } from '../../test/redis/support/wait-for.js';
import type { Contender, JobData } from './contender.js';

/** The library and the worker as a process of the release has them. */
export async function openMoorline(port: number, durability: 'memory' | 'replicated'): Promise<Contender> {
  const config = loadConfig({ REDIS_URI: `redis://127.0.0.1:${port}`, POD_NAME: 'bench' }, 'worker');
  const log = createLog({ level: 'error' });
  const registry = createMetrics();
  const connections = connectRedis({ config, log, metrics: registry });
  await waitFor('connections to Redis', () => connections.status().ready);
  const queues = new RedisQueues(connections, { durability, doorbellBlockMs: config.redis.blockingTimeoutMs });
  let worker: Worker | undefined;
  return {
    add: (queue, data) => queues.enqueue(queue, [{ data }]),
    addMany: (queue, many) =>
      queues.enqueue(
        queue,
        many.map((data) => ({ data })),
      ),
    work: (names, concurrency, handle) => {
      const execute = inProcess(({ data }) => {
        handle(data as JobData);
      });
      const { leaseMs, jobTimeoutMs } = config.worker;
      worker = new Worker({
        queues,
        executors: new Map(names.map((name) => [name, execute])),
        checks: new Map(),
        concurrency,
        leaseMs,
        jobTimeoutMs,
        workerName: 'bench',
        log,
        registry,
      });
      return Promise.resolve();
    },
    counts: async (queue) => {
      const { ready, delayed, leased, dead } = await queues.counts(queue);
      return { open: ready + delayed + leased, dead };
    },
    close: async () => {
      await worker?.stop(10_000);
      await queues.close();
      await connections.close();
    },
  };
}
