import { beforeAll, describe, expect, test } from '@jest/globals';
import { brokenInvariants, queueState } from '../support/queue-state.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 10, leaseMs: 60_000, worker: 'w' };
const error = { message: 'no luck' };

beforeAll(async () => {
  server = await startRedis();
});

describe('pausing a key', () => {
  test('holds back its jobs, those in line already, too, and no others', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('key', [
      { id: 'a1', data: 1, key: 'a' },
      { id: 'a2', data: 1, key: 'a' },
      { id: 'b1', data: 1, key: 'b' },
    ]);
    await queues.pauseKey('key', 'a');
    await queues.pauseKey('key', 'a');
    expect(await queues.job('key', 'a1')).toMatchObject({ because: { reason: 'key_paused' } });
    const jobs = await queues.claim('key', claim);
    expect(jobs.map(({ id }) => id)).toEqual(['b1']);
    await queues.enqueue('key', [{ id: 'a3', data: 1, key: 'a', priority: 9 }]);
    expect(await queueState(connections, 'key')).toMatchObject({ lanes: ['a/a3', 'a/a1', 'a/a2'], slots: ['b/b1'] });
    expect(await brokenInvariants(connections, 'key')).toEqual([]);

    const waiting = queues.claim('key', { ...claim, waitMs: 30_000 });
    await queues.resumeKey('key', 'a');
    expect((await waiting).map(({ id }) => id)).toEqual(['a3']);
    await queues.resumeKey('key', 'a');
    expect(await queues.job('key', 'a1')).toMatchObject({ because: { reason: 'key_busy', job: 'a3' }, ahead: 0 });
  });

  test('lets what is under way end, and holds back its retry', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('retry', [
      { id: 'a1', data: 1, key: 'a' },
      { id: 'a2', data: 1, key: 'a' },
    ]);
    const jobs = await queues.claim('retry', claim);
    await queues.pauseKey('retry', 'a');
    const failed = jobs.map((job) => ({ ...job, error, retryAfterMs: 0 }));
    expect(await queues.settle('retry', { failed, claim })).toMatchObject({ accepted: 1, jobs: [] });
    expect(await queueState(connections, 'retry')).toMatchObject({ lanes: ['a/a1', 'a/a2'] });
    await queues.resumeKey('retry', 'a');
    expect(await queues.claim('retry', claim)).toMatchObject([{ id: 'a1', attempt: 2 }]);
  });
});

describe('draining', () => {
  test('refuses new jobs and hands out what is there, until the queue is resumed', async () => {
    const { queues } = await open();
    await queues.enqueue('drain', [{ id: 'a', data: 1 }]);
    await queues.drain('drain');
    expect(await queues.counts('drain')).toMatchObject({ draining: true, paused: false });
    await expect(queues.enqueue('drain', [{ id: 'b', data: 1 }])).rejects.toMatchObject({
      code: 'queue_paused',
      status: 409,
      retryable: true,
    });
    expect((await queues.enqueue('drain', [{ id: 'a', data: 1 }])).jobs).toEqual([{ id: 'a', status: 'duplicate' }]);
    expect(await queues.claim('drain', claim)).toMatchObject([{ id: 'a' }]);
    await queues.resume('drain');
    expect((await queues.enqueue('drain', [{ id: 'b', data: 1 }])).jobs).toEqual([{ id: 'b', status: 'queued' }]);
  });
});

describe('emptying', () => {
  test('removes all that is not under way, in chunks, and leaves no trace of it', async () => {
    const { queues, connections } = await open();
    const many = Array.from({ length: 230 }, (_, n) => ({ id: `j${n}`, data: 1, key: `k${n % 70}` }));
    await queues.enqueue('empty', [...many, { id: 'late', data: 1, delayMs: 60_000, key: 'k0' }]);
    await queues.enqueue('empty', [{ id: 's', data: 1, dedupe: { key: 'x', mode: 'simple' }, priority: 9 }]);
    const [held] = await queues.claim('empty', { ...claim, max: 1 });
    expect(held?.id).toBe('s');
    expect(await queues.empty('empty', 31)).toBe(31);
    expect(await brokenInvariants(connections, 'empty')).toEqual([]);
    expect(await queues.empty('empty')).toBe(200);
    expect(await queueState(connections, 'empty')).toEqual({
      jobs: { s: '1' },
      lease: ['s'],
      held: { s: 'w' },
      traits: { s: 'l' },
      dedupe: ['x'],
      mark: ['work'],
    });
    expect((await queues.enqueue('empty', [{ id: 'j0', data: 2 }])).jobs).toEqual([{ id: 'j0', status: 'queued' }]);
  });
});
