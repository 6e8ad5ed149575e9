import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RedisQueues } from '../../../app/queue/queues.js';
import type { DeliveryRef, SettleRequest } from '../../../app/queue/types.js';
import { queueState } from '../support/queue-state.js';
import { enqueueAndClaim, openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 10, leaseMs: 60_000, worker: 'w' };
const error = { message: 'no luck' };

beforeAll(async () => {
  server = await startRedis();
});

describe('cancelling', () => {
  test('a job that waits is gone at once, and only its id is remembered', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('waits', [
      { id: 'ready', data: 1 },
      { id: 'delayed', data: 1, delayMs: 60_000 },
    ]);
    for (const id of ['ready', 'delayed', 'ready']) {
      expect(await queues.cancel('waits', id)).toEqual({ id, state: 'cancelled' });
    }
    expect(await queueState(connections, 'waits')).toEqual({ done: ['ready', 'delayed'], mark: ['work'] });
    expect(await queues.job('waits', 'ready')).toMatchObject({ state: 'cancelled', finishedAt: expect.any(Number) });
    expect(await queues.counts('waits')).toMatchObject({ totals: { cancelled: 2, done: 0 } });
    expect((await queues.enqueue('waits', [{ id: 'ready', data: 1 }])).jobs).toMatchObject([{ status: 'duplicate' }]);
  });

  test.each<[string, (ref: DeliveryRef) => SettleRequest]>([
    ['done', (ref) => ({ done: [{ ...ref, resultJson: '1' }] })],
    ['failed', (ref) => ({ failed: [{ ...ref, error }] })],
    ['rejected', (ref) => ({ failed: [{ ...ref, error, retry: false }] })],
    ['released', (ref) => ({ release: [ref] })],
  ])('a job at work ends as cancelled when its worker then says %s, twice over', async (name, settlement) => {
    const { queues, connections } = await open();
    const [{ id, fence }] = await enqueueAndClaim(queues, name, { id: 'a', data: 1 });
    expect(await queues.cancel(name, 'a')).toEqual({ id: 'a', state: 'cancelling' });
    expect(await queues.job(name, 'a')).toMatchObject({ state: 'leased', cancelling: true });
    const cancelled = [{ id, fence }];
    const answer = { accepted: 1, rejected: [], cancelled, jobs: [] };
    expect(await queues.settle(name, { extend: [{ id, fence, leaseMs: 60_000 }] })).toEqual(answer);
    expect(await queues.settle(name, settlement({ id, fence }))).toEqual(answer);
    expect(await queues.settle(name, settlement({ id, fence }))).toEqual(answer);
    expect(await queueState(connections, name)).toEqual({ done: ['a'], mark: ['work'] });
    expect(await queues.job(name, 'a')).toMatchObject({ state: 'cancelled' });
    expect(await queues.counts(name)).toMatchObject({ totals: { cancelled: 1, done: 0, failed: 0, dead: 0 } });
  });

  test('a job that waits in the lane of its key leaves it, and one at the head lets the next one pass', async () => {
    const { queues, connections } = await open();
    await queues.enqueue(
      'lane',
      ['a', 'b', 'c'].map((id) => ({ id, data: 1, key: 'k' })),
    );
    await queues.cancel('lane', 'b');
    expect((await queues.claim('lane', claim)).map(({ id }) => id)).toEqual(['a']);
    await queues.cancel('lane', 'a');
    const waiting = queues.claim('lane', { ...claim, waitMs: 30_000 });
    const fence = (await queues.job('lane', 'a')) as { readonly fence: string };
    await queues.settle('lane', { release: [{ id: 'a', fence: fence.fence }] });
    expect((await waiting).map(({ id }) => id)).toEqual(['c']);
    await queues.cancel('lane', 'c');
    await queues.settle('lane', { done: await waiting });
    expect({ ...(await queueState(connections, 'lane')), mark: [] }).toEqual({ done: ['b', 'a', 'c'], mark: [] });
  });

  test('a job whose worker is gone ends as cancelled with its lease', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('gone', [{ id: 'a', data: 1 }]);
    await queues.claim('gone', { ...claim, leaseMs: 10 });
    await queues.cancel('gone', 'a');
    await waitFor('the lease to expire', async () => {
      expect(await queues.claim('gone', claim)).toEqual([]);
      return (await queues.job('gone', 'a'))?.state === 'cancelled';
    });
    expect(await queueState(connections, 'gone')).toEqual({ done: ['a'], mark: ['work'] });
  });

  test('among many that are done, those that are cancelled are told apart', async () => {
    const { queues } = await open();
    const jobs = await enqueueAndClaim(
      queues,
      'mixed',
      { id: 'a', data: 1 },
      { id: 'b', data: 1 },
      { id: 'c', data: 1 },
    );
    await queues.cancel('mixed', 'b');
    const done = [...jobs, jobs[1]].map(({ id, fence }) => ({ id, fence, resultJson: '1' }));
    expect(await queues.settle('mixed', { done })).toMatchObject({
      accepted: 4,
      cancelled: [{ id: 'b' }, { id: 'b' }],
    });
    expect(await queues.counts('mixed')).toMatchObject({ totals: { done: 2, cancelled: 1 } });
    expect(await queues.job('mixed', 'b')).toEqual(expect.not.objectContaining({ resultJson: '1' }));
    expect(await queues.job('mixed', 'c')).toMatchObject({ state: 'done', resultJson: '1' });
  });

  test.each([
    ['done', 'job_over', 'is done'],
    ['dead', 'job_over', 'purge it'],
    ['unknown', 'not_found', 'has no job'],
  ])('a job that is %s is refused with %s', async (state, code, message) => {
    const { queues } = await open();
    const queue = `refused-${state}`;
    if (state !== 'unknown') {
      const [a] = await enqueueAndClaim(queues, queue, { id: 'a', data: 1 });
      await queues.settle(queue, state === 'done' ? { done: [a] } : { failed: [{ ...a, error, retry: false }] });
    }
    await expect(queues.cancel(queue, 'a')).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('progress and log', () => {
  const tell = (queues: RedisQueues, queue: string, { id, fence }: DeliveryRef, note: object) =>
    queues.settle(queue, { progress: [{ id, fence, ...note }] });

  test('of a job are shown while it runs, kept over its attempts and with a dead letter', async () => {
    const { queues } = await open();
    const [a] = await enqueueAndClaim(queues, 'notes', { id: 'a', data: 1, maxAttempts: 2 });
    await tell(queues, 'notes', a, { progressJson: '{"percent":10}', log: 'begun' });
    await tell(queues, 'notes', a, { log: 'half\nway' });
    await tell(queues, 'notes', a, { progressJson: '{"percent":50}' });
    expect(await queues.job('notes', 'a')).toMatchObject({
      progressJson: '{"percent":50}',
      log: [
        { attempt: 1, text: 'begun' },
        { attempt: 1, text: 'half\nway' },
      ],
    });
    const failed = [{ ...a, error, retryAfterMs: 0 }];
    const { jobs } = await queues.settle('notes', { failed, claim });
    await queues.settle('notes', {
      progress: jobs.map((job) => ({ ...job, log: 'again' })),
      failed: jobs.map((job) => ({ ...job, error })),
    });
    const log = [{ text: 'begun' }, { text: 'half\nway' }, { attempt: 2, text: 'again' }];
    expect((await queues.dead('notes', { limit: 1 })).jobs).toMatchObject([{ progressJson: '{"percent":50}', log }]);
  });

  test('are gone with a job that is done or purged', async () => {
    const { queues, connections } = await open();
    const [a, b] = await enqueueAndClaim(queues, 'forgotten', { id: 'a', data: 1 }, { id: 'b', data: 1 });
    for (const job of [a, b]) await tell(queues, 'forgotten', job, { log: 'a line' });
    await queues.settle('forgotten', { done: [a], failed: [{ ...b, error, retry: false }] });
    expect(await queueState(connections, 'forgotten')).toMatchObject({ notes: { b: { log: [{ text: 'a line' }] } } });
    await queues.purge('forgotten', { all: true }, {});
    expect(await queueState(connections, 'forgotten')).toEqual({ done: ['a'], mark: ['work'] });
  });

  test('are refused from who does not hold the lease', async () => {
    const { queues } = await open();
    const [a] = await enqueueAndClaim(queues, 'stale-note', { id: 'a', data: 1 });
    await queues.settle('stale-note', { release: [a] });
    expect(await tell(queues, 'stale-note', a, { progressJson: '1' })).toMatchObject({ accepted: 0 });
    expect(await queues.job('stale-note', 'a')).toEqual(expect.not.objectContaining({ progressJson: '1' }));
  });

  test('are bounded: the last 50 lines, 16 KiB of them, 4 KiB of progress', async () => {
    const { queues } = await open();
    const [a, b] = await enqueueAndClaim(queues, 'bounds', { id: 'a', data: 1 }, { id: 'b', data: 1 });
    const lines = Array.from({ length: 60 }, (_, n) => ({ ...a, log: `line ${n}` }));
    const long = Array.from({ length: 12 }, (_, n) => ({ ...b, log: `${n} ${'é'.repeat(3_000)}` }));
    await queues.settle('bounds', { progress: [...lines, ...long] });
    const logOf = async (id: string) => ((await queues.job('bounds', id))?.log ?? []).map(({ text }) => text);
    expect(await logOf('a')).toEqual(lines.slice(-50).map(({ log }) => log));
    const kept = await logOf('b');
    expect(kept.map((text) => text.split(' ')[0])).toEqual(['5', '6', '7', '8', '9', '10', '11']);
    expect(kept.every((text) => Buffer.byteLength(text) <= 2_048 && text.endsWith('é…'))).toBe(true);
    const tooMuch = tell(queues, 'bounds', a, { progressJson: `"${'x'.repeat(4_096)}"` });
    await expect(tooMuch).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('progress[0].progress'),
    });
  });
});
