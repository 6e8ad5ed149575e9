import { describe, expect, test } from '@jest/globals';
import type { RedisQueues } from '../../../app/queue/queues.js';
import type { ClaimedJob } from '../../../app/queue/types.js';
import { queueState } from '../support/queue-state.js';
import { openQueues } from '../support/queues.js';
import { startRedis } from '../support/redis-server.js';

const total = 10_000;

describe('several workers', () => {
  test('run ten thousand jobs exactly once each, while they are still being enqueued', async () => {
    const server = await startRedis();
    const producers = [await open(), await open()];
    const runs = new Map<string, number>();
    const work = Promise.all([await open(), await open(), await open()].map((queues) => runWorker(queues, runs)));
    const batches = Array.from({ length: 100 }, (_, batch) =>
      Array.from({ length: total / 100 }, (_, n) => ({ data: batch * 100 + n })),
    );
    await Promise.all(batches.map((jobs, at) => (producers[at % 2] as RedisQueues).enqueue('work', jobs)));
    await work;

    expect(runs.size).toBe(total);
    expect([...runs.values()].filter((count) => count !== 1)).toEqual([]);
    const { queues, connections } = await openQueues(`redis://${server.address}`);
    expect(await queues.counts('work')).toMatchObject({
      ready: 0,
      leased: 0,
      totals: { enqueued: total, done: total, crashed: 0 },
    });
    expect(Object.keys(await queueState(connections, 'work')).filter((key) => key !== 'mark')).toEqual(['done']);

    async function open(): Promise<RedisQueues> {
      return (await openQueues(`redis://${server.address}`)).queues;
    }
  });
});

/** Until all jobs have run, by whomever. */
async function runWorker(queues: RedisQueues, runs: Map<string, number>): Promise<void> {
  let done: readonly ClaimedJob[] = [];
  while (runs.size < total || done.length > 0) {
    const claim = { max: 50, leaseMs: 600_000, worker: 'w', waitMs: runs.size < total ? 100 : 0 };
    const { jobs } = await queues.settle('work', { done, claim });
    for (const { dataJson } of jobs) runs.set(dataJson, (runs.get(dataJson) ?? 0) + 1);
    done = jobs;
  }
}
