import { beforeAll, describe, expect, test } from '@jest/globals';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 10, leaseMs: 60_000, worker: 'test' };

beforeAll(async () => {
  server = await startRedis();
});

describe('the life of a job', () => {
  test('a job is enqueued, claimed with its data, and done with its result', async () => {
    const { queues } = await open();
    const { jobs, durability } = await queues.enqueue('life', [
      { id: 'a', data: { text: 'hällo', list: [1, null] }, priority: 3, timeoutMs: 500 },
    ]);
    expect(jobs).toEqual([{ id: 'a', status: 'queued' }]);
    expect(durability).toEqual({ class: 'memory', replicas: 0, confirmed: true });

    const [job] = await queues.claim('life', claim);
    expect(job).toMatchObject({ id: 'a', attempt: 1, maxAttempts: 3, priority: 3, timeoutMs: 500 });
    expect(job?.fence).toMatch(/^\d{16}$/);
    expect(JSON.parse(job?.dataJson ?? '')).toEqual({ text: 'hällo', list: [1, null] });
    expect(await queues.claim('life', claim)).toEqual([]);

    const done = [{ id: 'a', fence: job?.fence ?? '', resultJson: '{"ok":true}' }];
    expect(await queues.settle('life', { done })).toEqual({ accepted: 1, rejected: [], jobs: [] });
    expect(await queues.job('life', 'a')).toMatchObject({ state: 'done', resultJson: '{"ok":true}' });
    expect(await queues.counts('life')).toMatchObject({ ready: 0, leased: 0, totals: { enqueued: 1, done: 1 } });
    expect(await queues.names()).toEqual(['life']);
  });
});
