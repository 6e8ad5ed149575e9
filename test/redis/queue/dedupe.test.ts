import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ClaimedJob, Dedupe, JobInput } from '../../../app/queue/types.js';
import { brokenInvariants, queueState } from '../support/queue-state.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 10, leaseMs: 60_000, worker: 'w' };
const error = { message: 'no luck' };

beforeAll(async () => {
  server = await startRedis();
});

const job = (id: string, dedupe: Omit<Dedupe, 'key'>, rest: Partial<JobInput> = {}): JobInput => ({
  id,
  data: id,
  dedupe: { key: 'x', ...dedupe },
  ...rest,
});

const idsOf = (jobs: readonly ClaimedJob[]) => jobs.map(({ id }) => id);

describe('dedupe', () => {
  test('simple: others are dropped until the first is finished, and told which it is', async () => {
    const { queues, connections } = await open();
    const simple = { mode: 'simple' } as const;
    const { jobs } = await queues.enqueue('simple', [job('a', simple), job('b', simple), { id: 'free', data: 1 }]);
    expect(jobs).toEqual([
      { id: 'a', status: 'queued' },
      { id: 'b', status: 'duplicate', of: 'a' },
      { id: 'free', status: 'queued' },
    ]);
    const claimed = await queues.claim('simple', claim);
    expect(idsOf(claimed)).toEqual(['a', 'free']);
    expect((await queues.enqueue('simple', [job('c', simple)])).jobs).toEqual([
      { id: 'c', status: 'duplicate', of: 'a' },
    ]);
    await queues.settle('simple', { done: claimed });
    expect((await queues.enqueue('simple', [job('d', simple)])).jobs).toEqual([{ id: 'd', status: 'queued' }]);
    const [d] = (await queues.claim('simple', claim)) as [ClaimedJob];
    await queues.settle('simple', { failed: [{ ...d, error, retry: false }] });
    expect(await queueState(connections, 'simple')).not.toHaveProperty('dedupe');
    expect((await queues.enqueue('simple', [job('e', simple)])).jobs).toEqual([{ id: 'e', status: 'queued' }]);
  });

  test('throttle: others are dropped for so long since the first, finished or not; then nothing of it is left', async () => {
    const { queues, connections } = await open();
    const throttle = { mode: 'throttle', ttlMs: 1500 } as const;
    await queues.enqueue('throttle', [job('a', throttle)]);
    await queues.settle('throttle', { done: await queues.claim('throttle', claim) });
    expect((await queues.enqueue('throttle', [job('b', throttle)])).jobs).toEqual([
      { id: 'b', status: 'duplicate', of: 'a' },
    ]);
    await waitFor('the time is over', async () => {
      const { jobs } = await queues.enqueue('throttle', [job('c', throttle)]);
      return jobs[0]?.status === 'queued';
    });
    await queues.settle('throttle', { done: await queues.claim('throttle', claim) });
    await waitFor('it is forgotten', async () => {
      await queues.claim('throttle', claim);
      return !('dedupe' in (await queueState(connections, 'throttle')));
    });
    expect(await queueState(connections, 'throttle')).toEqual({
      done: expect.arrayContaining(['a', 'c']),
      mark: ['work'],
    });
  });

  test('debounce: a new one takes the place of the one that is delayed, also within one request', async () => {
    const { queues, connections } = await open();
    const debounce = { mode: 'debounce' } as const;
    await queues.enqueue('debounce', [job('a', debounce, { delayMs: 3_600_000 })]);
    const { jobs } = await queues.enqueue('debounce', [
      job('b', debounce, { delayMs: 3_600_000 }),
      job('c', debounce, { delayMs: 400, key: 'k' }),
    ]);
    expect(jobs.map(({ status }) => status)).toEqual(['delayed', 'delayed']);
    expect(await queueState(connections, 'debounce')).toEqual({
      jobs: { c: '"c"' },
      delayed: ['c'],
      traits: { c: 'd' },
      dedupe: ['x'],
      expiry: ['dx'],
      mark: ['work'],
    });
    expect(idsOf(await queues.claim('debounce', { ...claim, waitMs: 30_000 }))).toEqual(['c']);
    // Who is due has begun: the next one is a job of its own.
    await queues.enqueue('debounce', [job('d', debounce, { delayMs: 3_600_000 })]);
    expect(await queueState(connections, 'debounce')).toMatchObject({ lease: ['c'], delayed: ['d'] });
    expect(await brokenInvariants(connections, 'debounce')).toEqual([]);
  });

  test('keepLast: while one is under way the newest is kept and runs after it, by its own key and delay', async () => {
    const { queues, connections } = await open();
    const keepLast = { mode: 'keepLast' } as const;
    const { jobs } = await queues.enqueue('keep', [job('a', keepLast), job('b', keepLast)]);
    expect(jobs[1]).toEqual({ id: 'b', status: 'duplicate', of: 'a' });
    const a = await queues.claim('keep', claim);
    const kept = await queues.enqueue('keep', [job('c', keepLast), job('d', keepLast, { key: 'k' })]);
    expect(kept.jobs.map(({ status }) => status)).toEqual(['queued', 'queued']);
    expect(await queueState(connections, 'keep')).toMatchObject({ jobs: { a: '"a"', d: '"d"' }, lanes: ['/d'] });
    expect(await queues.job('keep', 'd')).toMatchObject({ state: 'ready', because: { reason: 'kept', job: 'a' } });
    expect(await queues.claim('keep', claim)).toEqual([]);
    expect(idsOf((await queues.settle('keep', { done: a, claim })).jobs)).toEqual(['d']);
    await queues.enqueue('keep', [job('e', keepLast, { delayMs: 3_600_000 })]);
    expect(await brokenInvariants(connections, 'keep')).toEqual([]);
    const [d] = [await queues.job('keep', 'd')] as [{ fence: string }];
    await queues.settle('keep', { failed: [{ id: 'd', fence: d.fence, error, retry: false }] });
    expect(await queueState(connections, 'keep')).toMatchObject({ delayed: ['e'], dead: ['d'], dedupe: ['x'] });
    expect(await brokenInvariants(connections, 'keep')).toEqual([]);
  });

  test('a name that one mode has taken is taken for the others', async () => {
    const { queues } = await open();
    const { jobs } = await queues.enqueue('mixed', [
      job('a', { mode: 'simple' }),
      job('b', { mode: 'debounce' }, { delayMs: 1000 }),
      job('c', { mode: 'throttle', ttlMs: 1000 }),
      { id: 'd', data: 1, dedupe: { key: 'y', mode: 'simple' } },
    ]);
    expect(jobs.map(({ status, of }) => of ?? status)).toEqual(['queued', 'a', 'a', 'queued']);
  });

  test('the same id again is the same job, whatever its dedupe says', async () => {
    const { queues } = await open();
    await queues.enqueue('again', [job('a', { mode: 'simple' })]);
    expect((await queues.enqueue('again', [job('a', { mode: 'simple' })])).jobs).toEqual([
      { id: 'a', status: 'duplicate' },
    ]);
  });

  test.each([
    ['a mode that is none', { key: 'x', mode: 'often' as 'simple' }, {}, '.dedupe.mode'],
    ['a throttle without a time', { key: 'x', mode: 'throttle' as const }, {}, '.dedupe.ttlMs'],
    ['a time without throttle', { key: 'x', mode: 'simple' as const, ttlMs: 5 }, {}, '.dedupe.ttlMs'],
    ['a debounce without a delay', { key: 'x', mode: 'debounce' as const }, {}, '.dedupe.mode'],
    ['an empty key', { key: '', mode: 'simple' as const }, {}, '.dedupe.key'],
  ])('refuses %s', async (_, dedupe, rest, field) => {
    const { queues } = await open();
    await expect(queues.enqueue('bad', [{ data: 1, dedupe, ...rest }])).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(`Expected jobs[0]${field} to be`),
    });
  });
});
