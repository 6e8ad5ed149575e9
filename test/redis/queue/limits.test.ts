import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueKey } from '../../../app/queue/keys.js';
import { queueState } from '../support/queue-state.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 20, leaseMs: 60_000, worker: 'w' };
const tenJobs = Array.from({ length: 10 }, (_, n) => ({ id: `j${n}`, data: n }));

beforeAll(async () => {
  server = await startRedis();
});

describe('concurrency of a queue', () => {
  test('bounds the leases of all workers, and a slot that comes free wakes who waits', async () => {
    const [here, there] = [await open(), await open()];
    await here.queues.configure('busy', { concurrency: 3 });
    await here.queues.enqueue('busy', tenJobs);
    const first = await here.queues.claim('busy', claim);
    expect(first).toHaveLength(3);
    expect(await there.queues.claim('busy', claim)).toEqual([]);
    expect(await here.queues.job('busy', 'j3')).toMatchObject({ ahead: 0, because: { reason: 'concurrency' } });
    const waiting = there.queues.claim('busy', { ...claim, waitMs: 30_000 });
    await here.queues.settle('busy', { done: first.slice(0, 2) });
    expect(await waiting).toMatchObject([{ id: 'j3' }, { id: 'j4' }]);
  });
});

describe('the rate of a queue', () => {
  test('lets a burst pass and then one job after another, over all workers', async () => {
    const [here, there] = [await open(), await open()];
    await here.queues.configure('rate', { ratePerSecond: 4, burst: 3 });
    await here.queues.enqueue('rate', tenJobs);
    const since = Date.now();
    expect(await here.queues.claim('rate', claim)).toHaveLength(3);
    const { because } = (await here.queues.job('rate', 'j9')) ?? {};
    expect(because?.reason).toBe('rate');
    expect(Math.abs((because?.until ?? 0) - Date.now())).toBeLessThan(30_000);
    const rest = [here, there].map(async ({ queues }) => {
      let claimed = 0;
      for (let jobs = await queues.claim('rate', { ...claim, waitMs: 3000 }); jobs.length > 0;) {
        claimed += jobs.length;
        jobs = await queues.claim('rate', { ...claim, waitMs: 3000 });
      }
      return claimed;
    });
    await waitFor('the line is empty', async () => (await here.queues.counts('rate')).ready === 0);
    // The seven behind the burst need seven intervals.
    expect(Date.now() - since).toBeGreaterThanOrEqual(1700);
    expect((await Promise.all(rest)).reduce((sum, count) => sum + count)).toBe(7);
  });

  test('of other settings takes effect at once, also a much faster one', async () => {
    const { queues } = await open();
    await queues.configure('faster', { ratePerSecond: 0.01 });
    await queues.enqueue('faster', tenJobs);
    expect(await queues.claim('faster', claim)).toHaveLength(1);
    await queues.configure('faster', { ratePerSecond: 10_000, burst: 5 });
    await waitFor('the rate is faster', async () => (await queues.claim('faster', { ...claim, max: 5 })).length === 5);
  });
});

describe('the rate of a key', () => {
  test('delays the next job of that key, other keys pass, and idle keys are forgotten', async () => {
    const { queues, connections } = await open();
    await queues.configure('key', { keyRatePerSecond: 2, keyConcurrency: 2 });
    await queues.enqueue('key', [
      { id: 'a1', data: 1, key: 'a' },
      { id: 'a2', data: 1, key: 'a' },
      { id: 'a3', data: 1, key: 'a' },
      { id: 'b1', data: 1, key: 'b' },
    ]);
    const first = await queues.claim('key', claim);
    expect(first.map(({ id }) => id)).toEqual(['a1', 'b1']);
    expect(await queues.job('key', 'a2')).toMatchObject({ state: 'delayed', because: { reason: 'key_rate' } });
    const { jobs } = await queues.settle('key', { done: first, claim: { ...claim, waitMs: 30_000 } });
    expect(jobs.map(({ id }) => id)).toEqual(['a2']);
    expect((jobs[0]?.leaseUntil ?? 0) - (first[0]?.leaseUntil ?? 0)).toBeGreaterThanOrEqual(500);
    const last = await queues.claim('key', { ...claim, waitMs: 30_000 });
    expect(last.map(({ id }) => id)).toEqual(['a3']);
    await waitFor('the keys are forgotten', async () => {
      await queues.settle('key', { done: [...jobs, ...last], claim });
      return !('expiry' in (await queueState(connections, 'key')));
    });
    const left = Object.keys(await queueState(connections, 'key'));
    expect(left.filter((name) => name !== 'mark')).toEqual(['done']);
  });
});

describe('ageing', () => {
  test('brings a job before those of higher priority that came later by so much', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('ageing', [{ id: 'low', data: 1 }]);
    await queues.enqueue('ageing', [{ id: 'middle', data: 1, priority: 5 }]);
    // They came 20 and 10 seconds ago.
    const earlier = (id: string, seconds: number) =>
      connections.command(['ZINCRBY', queueKey('ageing', 'ready'), -seconds * 200_000, id]);
    await earlier('low', 20);
    await earlier('middle', 10);
    await queues.enqueue('ageing', [{ id: 'high', data: 1, priority: 9 }]);
    const order = async () => {
      const ahead = await Promise.all(
        ['low', 'middle', 'high'].map(async (id) => (await queues.job('ageing', id)) as { ahead: number }),
      );
      const jobs = await queues.claim('ageing', claim);
      await queues.settle('ageing', { release: jobs });
      expect(ahead.map((view) => view.ahead)).toEqual(
        ['low', 'middle', 'high'].map((id) => jobs.findIndex((job) => job.id === id)),
      );
      return jobs.map(({ id }) => id);
    };
    expect(await order()).toEqual(['high', 'middle', 'low']);
    await queues.configure('ageing', { ageingMs: 100 });
    expect(await order()).toEqual(['low', 'middle', 'high']);
    await queues.configure('ageing', { ageingMs: 2200 });
    expect(await order()).toEqual(['middle', 'low', 'high']);
    await queues.configure('ageing', {});
    expect(await order()).toEqual(['high', 'middle', 'low']);
    expect((await queues.counts('ageing')).oldestReadyMs).toBeGreaterThanOrEqual(20_000);
  });

  test('takes several claims of many priorities in order', async () => {
    const { queues } = await open();
    await queues.configure('many', { ageingMs: 3_600_000 });
    await queues.enqueue(
      'many',
      Array.from({ length: 60 }, (_, n) => ({ id: `j${n}`, data: 1, priority: n % 10 })),
    );
    const first = await queues.claim('many', { ...claim, max: 25 });
    const second = await queues.claim('many', { ...claim, max: 50 });
    const ids = [...first, ...second].map(({ id }) => Number(id.slice(1)));
    expect(ids).toHaveLength(60);
    expect(ids).toEqual([...ids].sort((a, b) => (b % 10) - (a % 10) || a - b));
  });
});
