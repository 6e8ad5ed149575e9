import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { createMetrics } from '../../../app/metrics.js';
import { RedisQueues } from '../../../app/queue/queues.js';
import { inProcess } from '../../../app/worker/handlers-module.js';
import { Worker } from '../../../app/worker/worker.js';
import { connect } from '../support/connect.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

/** All intervals are so much shorter than in production, and a minute with them. */
const haste = 20;
const minuteMs = 60_000 / haste;

describe('a worker with nothing to do', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });

  const workers: Worker[] = [];
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop(0)));
  });

  /** A worker of many more queues than slots. */
  async function start() {
    const { redis } = connect(`redis://${server.address}`, { REDIS_HEALTH_CHECK_INTERVAL: String(30 / haste) });
    await waitFor('connections', () => redis.status().ready);
    const queues = new RedisQueues(redis, {
      durability: 'memory',
      doorbellBlockMs: 10_000 / haste,
      sweepMs: 30_000 / haste,
    });
    const done: string[] = [];
    const names = Array.from({ length: 100 }, (_, n) => `idle-${n}`);
    const worker = new Worker({
      queues,
      executors: new Map(names.map((queue) => [queue, inProcess(({ id }) => done.push(`${queue}/${id}`))])),
      checks: new Map(),
      concurrency: 2,
      leaseMs: 15_000,
      jobTimeoutMs: 1_000,
      workerName: 'w',
      log: createLog({ level: 'silent' }),
      registry: createMetrics(),
    });
    workers.push(worker);
    return { queues, names, done };
  }

  const callsOf = async (command: RegExp) => {
    const lines = (await server.cli('INFO', 'commandstats')).matchAll(/cmdstat_([^:]+):calls=(\d+)/g);
    return [...lines].reduce((sum, [, name = '', calls]) => sum + (command.test(name) ? Number(calls) : 0), 0);
  };

  test('asks Redis at most fifteen things a minute, however many queues it serves, and has a job at once', async () => {
    const { queues, names, done } = await start();
    await waitFor('it is quiet', async () => {
      const before = await callsOf(/^fcall/);
      await waitFor('a call at the doorbell', async () => (await callsOf(/bzpopmin/)) >= 2, { pollMs: 100 });
      return before === (await callsOf(/^fcall/));
    });
    await server.cli('CONFIG', 'RESETSTAT');
    const since = performance.now();
    await waitFor('two sweeps', async () => (await callsOf(/^fcall/)) >= 2);
    // What the functions do inside counts as their call; INFO and CONFIG are this test's own.
    const asked = await callsOf(/^(?!info|config|time|exists|auth|hello|ping)/);
    expect(asked / ((performance.now() - since) / minuteMs)).toBeLessThanOrEqual(15);

    for (const [at, queue] of names.entries()) await queues.enqueue(queue, [{ id: String(at), data: at }]);
    await waitFor('every job is done', () => done.length === names.length);
  });
});
