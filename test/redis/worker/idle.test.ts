import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { createMetrics } from '../../../app/metrics.js';
import { RedisQueues } from '../../../app/queue/queues.js';
import { WorkerList } from '../../../app/queue/worker-list.js';
import { Announcer } from '../../../app/worker/announcer.js';
import { inProcess } from '../../../app/worker/handlers-module.js';
import type { Executor } from '../../../app/worker/types.js';
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

  const opened: { readonly worker: Worker; readonly queues: RedisQueues; readonly announcer?: Announcer }[] = [];
  afterEach(async () => {
    for (const { worker, queues, announcer } of opened.splice(0)) {
      await worker.stop(0);
      await announcer?.stop();
      await queues.close();
    }
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
    const executors = names.map((queue) => [queue, inProcess(({ id }) => done.push(`${queue}/${id}`))] as const);
    const worker = workerOf(queues, new Map(executors), 2);
    const announcer = new Announcer({
      workers: new WorkerList(redis),
      describe: () => ({
        name: 'w',
        serverId: 's',
        pod: 'p',
        queues: names,
        running: worker.running,
        concurrency: worker.concurrency,
        startedAt: 0,
      }),
      log: createLog({ level: 'silent' }),
      everyMs: 30_000 / haste,
    });
    opened.push({ queues, worker, announcer });
    return { queues, names, done };
  }

  /** A worker with one slot, and no sweep that would find what a ring has not told. */
  async function startWith(executors: ReadonlyMap<string, Executor>): Promise<RedisQueues> {
    const { redis } = connect(`redis://${server.address}`);
    await waitFor('connections', () => redis.status().ready);
    const queues = new RedisQueues(redis, { durability: 'memory', sweepMs: 600_000 });
    opened.push({ queues, worker: workerOf(queues, executors, 1) });
    return queues;
  }

  const callsOf = async (command: RegExp) => {
    const lines = (await server.cli('INFO', 'commandstats')).matchAll(/cmdstat_([^:]+):calls=(\d+)/g);
    return [...lines].reduce((sum, [, name = '', calls]) => sum + (command.test(name) ? Number(calls) : 0), 0);
  };

  test('asks Redis at most fifteen things a minute, however many queues it serves, and has a job at once', async () => {
    const { queues, names, done } = await start();
    await waitFor('it is quiet', async () => {
      const [calls, rings] = [await callsOf(/^fcall/), await callsOf(/bzpopmin/)];
      await waitFor('two waits at the doorbell', async () => (await callsOf(/bzpopmin/)) >= rings + 2);
      return calls >= names.length && calls === (await callsOf(/^fcall/));
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

  test('that has no room for a job passes the sign of it on to another worker', async () => {
    const stuck: string[] = [];
    const done: string[] = [];
    const handlers = new Map([
      [
        'long',
        inProcess(
          ({ id }, { signal }) =>
            new Promise((resolve) => {
              stuck.push(id);
              signal.addEventListener('abort', resolve);
            }),
        ),
      ],
      ['short', inProcess(({ id }) => done.push(id))],
    ]);
    const busy = await startWith(handlers);
    await busy.enqueue('long', [{ id: 'a', data: 1 }]);
    await waitFor('the first worker is full', () => stuck.length === 1);
    await startWith(new Map([...handlers].filter(([queue]) => queue === 'short')));
    await waitFor('both wait at the doorbell', async () =>
      /blocked_clients:2/.test(await server.cli('INFO', 'clients')),
    );
    await busy.enqueue('short', [{ id: 'b', data: 1 }]);
    await waitFor('the other has done it', () => done.length === 1);
  });
});

function workerOf(queues: RedisQueues, executors: ReadonlyMap<string, Executor>, concurrency: number): Worker {
  return new Worker({
    queues,
    executors,
    checks: new Map(),
    concurrency,
    leaseMs: 15_000,
    jobTimeoutMs: 60_000,
    workerName: 'w',
    log: createLog({ level: 'silent' }),
    registry: createMetrics(),
  });
}
