import { beforeAll, describe, expect, test } from '@jest/globals';
import { registryKey } from '../../../app/queue/keys.js';
import { enqueueAndClaim, openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = (options = {}) => openQueues(`redis://${server.address}`, options);
const error = { message: 'no luck' };

beforeAll(async () => {
  server = await startRedis();
});

describe('where a job is', () => {
  test('a ready job stands behind those before it', async () => {
    const { queues } = await open();
    await queues.enqueue('ready', [
      { data: 1 },
      { data: 2, priority: 5 },
      { id: 'a', data: { n: 3 }, timeoutMs: 700, maxAttempts: 9 },
    ]);
    const view = await queues.job('ready', 'a');
    expect(view).toEqual({
      id: 'a',
      queue: 'ready',
      state: 'ready',
      ahead: 2,
      attempts: 0,
      crashes: 0,
      maxAttempts: 9,
      priority: 0,
      timeoutMs: 700,
      enqueuedAt: expect.any(Number),
      dataJson: '{"n":3}',
    });
    expect(Math.abs((view?.enqueuedAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('a delayed job tells until when', async () => {
    const { queues } = await open();
    await queues.enqueue('delayed', [{ id: 'a', data: 1, delayMs: 3_600_000, priority: 9 }]);
    const view = await queues.job('delayed', 'a');
    expect(view).toMatchObject({ state: 'delayed', priority: 9, until: (view?.enqueuedAt ?? 0) + 3_600_000 });
  });

  test('a leased job tells its worker, its fence and the deadline', async () => {
    const { queues } = await open();
    const [{ fence, leaseUntil }] = await enqueueAndClaim(queues, 'leased', { id: 'a', data: 1 });
    expect(await queues.job('leased', 'a')).toMatchObject({ state: 'leased', worker: 'w', fence, until: leaseUntil });
  });

  test('a done job tells its result, if it has one', async () => {
    const { queues } = await open();
    const [a, b] = await enqueueAndClaim(queues, 'done', { id: 'a', data: 1 }, { id: 'b', data: 2 });
    await queues.settle('done', { done: [{ ...a, resultJson: '{"sum":"ü"}' }, b] });
    const finishedAt = expect.any(Number);
    expect(await queues.job('done', 'a')).toEqual({
      id: 'a',
      queue: 'done',
      state: 'done',
      finishedAt,
      resultJson: '{"sum":"ü"}',
    });
    expect(await queues.job('done', 'b')).toEqual({ id: 'b', queue: 'done', state: 'done', finishedAt });
  });

  test('a dead job tells why', async () => {
    const { queues } = await open();
    const [a] = await enqueueAndClaim(queues, 'dead', { id: 'a', data: 1, maxAttempts: 1 });
    await queues.settle('dead', { failed: [{ ...a, error: { ...error, code: 'E_LUCK' } }] });
    expect(await queues.job('dead', 'a')).toMatchObject({
      state: 'dead',
      reason: 'failed',
      attempts: 1,
      errors: [{ message: 'no luck', code: 'E_LUCK', attempt: 1, at: expect.any(Number) }],
      diedAt: expect.any(Number),
    });
  });

  test('an id that nobody enqueued is unknown', async () => {
    const { queues } = await open();
    expect(await queues.job('none', 'a')).toBeUndefined();
  });
});

describe('counts', () => {
  test('of a queue that nobody used are zero', async () => {
    const { queues } = await open();
    expect(await queues.counts('unused')).toEqual({
      queue: 'unused',
      ready: 0,
      delayed: 0,
      leased: 0,
      dead: 0,
      blocked: 0,
      oldestReadyMs: 0,
      paused: false,
      draining: false,
      rates: { enqueuedPerSecond: 0, donePerSecond: 0, failedPerSecond: 0 },
      totals: {
        enqueued: 0,
        done: 0,
        failed: 0,
        crashed: 0,
        dead: 0,
        cancelled: 0,
        deadBy: { failed: 0, rejected: 0, crashed: 0, invalid: 0 },
        dropped: 0,
        expired: 0,
      },
    });
  });

  test('tell states, totals and the rates of the last minute', async () => {
    const { queues } = await open();
    const [a, b, c] = await enqueueAndClaim(queues, 'counts', { data: 1 }, { data: 2 }, { data: 3 }, { data: 4 });
    await queues.enqueue('counts', [{ data: 5 }, { data: 6, delayMs: 60_000 }]);
    await queues.settle('counts', {
      done: [a],
      failed: [
        { ...b, error },
        { ...c, error, retry: false },
      ],
    });
    const counts = await queues.counts('counts');
    expect(counts).toMatchObject({
      ready: 1,
      delayed: 2,
      leased: 1,
      dead: 1,
      totals: { enqueued: 6, done: 1, failed: 2, crashed: 0, dead: 1 },
    });
    // Over 50 to 60 seconds.
    const { enqueuedPerSecond, donePerSecond, failedPerSecond } = counts.rates;
    for (const [rate, count] of [
      [enqueuedPerSecond, 6],
      [failedPerSecond, 2],
      [donePerSecond, 1],
    ] as const) {
      expect(rate).toBeGreaterThanOrEqual(count / 60 - 0.001);
      expect(rate).toBeLessThanOrEqual(count / 50 + 0.001);
    }
  });

  test('tell the age of the job that is ready longest, whatever its priority', async () => {
    const { queues } = await open();
    await queues.enqueue('age', [{ id: 'old', data: 1, priority: 0 }]);
    await waitFor('it is old', async () => (await queues.counts('age')).oldestReadyMs >= 200);
    await queues.enqueue('age', [{ id: 'young', data: 1, priority: 9 }]);
    const [young] = await queues.claim('age', { max: 1, leaseMs: 60_000, worker: 'w' });
    expect(young?.id).toBe('young');
    expect((await queues.counts('age')).oldestReadyMs).toBeGreaterThanOrEqual(200);
  });
});

describe('the names of the queues', () => {
  test('are those that ever got a job, and are known again after Redis lost them', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('b.names', [{ data: 1 }]);
    await queues.enqueue('a.names', [{ data: 1 }]);
    const named = async () => (await queues.names()).filter((name) => name.endsWith('.names'));
    await waitFor('both are noted', async () => (await named()).length === 2);
    expect(await named()).toEqual(['a.names', 'b.names']);
    await connections.command(['DEL', registryKey]);
    await server.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    await waitFor('it is noted again', async () => {
      await queues.enqueue('a.names', [{ data: 1 }]);
      return (await named()).length === 1;
    });
  });
});
