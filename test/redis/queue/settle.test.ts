import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueKey } from '../../../app/queue/keys.js';
import type { ClaimedJob, DeliveryRef } from '../../../app/queue/types.js';
import { queueState, readZset } from '../support/queue-state.js';
import { enqueueAndClaim, openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 10, leaseMs: 60_000, worker: 'w' };
const error = { message: 'no luck', code: 'E_LUCK' };

beforeAll(async () => {
  server = await startRedis();
});

const stale = ({ id, fence }: DeliveryRef) => ({ id, fence, reason: 'stale' });

describe('settle', () => {
  test('done leaves the marker and the result, nothing else', async () => {
    const { queues, connections } = await open();
    const [a, b] = await enqueueAndClaim(queues, 'done', { id: 'a', data: 1 }, { id: 'b', data: 1 });
    const done = [{ ...a, resultJson: '{"sum":3}' }, b];
    expect(await queues.settle('done', { done })).toEqual({ accepted: 2, rejected: [], jobs: [] });
    const state = await queueState(connections, 'done');
    expect(state).toEqual({ done: ['a', 'b'], results: { a: '{"sum":3}' }, mark: ['work'] });
  });

  test('a failed job waits for its retry, with the error on record, and its next attempt counts on', async () => {
    const { queues, connections } = await open();
    const [a] = await enqueueAndClaim(queues, 'retry', { id: 'a', data: 1 });
    await queues.settle('retry', { failed: [{ ...a, error }] });
    expect(await queueState(connections, 'retry')).toEqual({
      jobs: { a: '1' },
      delayed: ['a'],
      tries: { a: { attempts: 1, crashes: 0 } },
      errors: { a: ['no luck'] },
      mark: ['work'],
    });
    const [b] = await enqueueAndClaim(queues, 'again', { id: 'b', data: 1 });
    const { jobs } = await queues.settle('again', {
      failed: [{ ...b, error, retryAfterMs: 0 }],
      claim,
    });
    expect(jobs).toMatchObject([{ id: 'b', attempt: 2 }]);
    await queues.settle('again', { done: jobs });
    expect(await queueState(connections, 'again')).toEqual({ done: ['b'], mark: ['work'] });
  });

  test('retries wait for a random time up to a bound that doubles, or as long as the worker says', async () => {
    const { queues, connections } = await open();
    const jobs = await enqueueAndClaim(
      queues,
      'backoff',
      ...Array.from({ length: 10 }, (_, n) => ({ id: `j${n}`, data: 1, priority: 9 })),
    );
    const before = Date.now();
    const [told, ...others] = jobs.map((job) => ({ ...job, error }));
    await queues.settle('backoff', { failed: [{ ...(told as (typeof others)[0]), retryAfterMs: 500_000 }, ...others] });
    const waits = (await readZset(connections, queueKey('backoff', 'delayed'))).map(([, score]) => score / 10 - before);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(500_000);
    expect(Math.max(...waits.slice(0, -1))).toBeLessThan(1_000 + 10_000);
    expect(new Set(waits.map(Math.round)).size).toBeGreaterThan(3);
  });

  test('after its last attempt, or at once when told so, a job is a dead letter with its errors', async () => {
    const { queues, connections } = await open();
    const [a, b] = await enqueueAndClaim(queues, 'dead', { id: 'a', data: 1, maxAttempts: 2 }, { id: 'b', data: 2 });
    await queues.settle('dead', { failed: [{ ...b, error: { message: 'never' }, retry: false }] });
    const failed = [{ ...a, error: { message: 'first' }, retryAfterMs: 0 }];
    const { jobs: retried } = await queues.settle('dead', { failed, claim });
    await queues.settle('dead', { failed: retried.map((job) => ({ ...job, error: { message: 'second' } })) });
    expect(await queueState(connections, 'dead')).toEqual({
      jobs: { a: '1', b: '2' },
      tries: { a: { attempts: 2, crashes: 0 }, b: { attempts: 1, crashes: 0 } },
      errors: { a: ['first', 'second'], b: ['never'] },
      dead: ['b', 'a'],
      deadrec: { a: 'failed', b: 'rejected' },
      mark: ['work'],
    });
    expect(await queues.job('dead', 'a')).toMatchObject({
      state: 'dead',
      reason: 'failed',
      errors: [
        { message: 'first', attempt: 1 },
        { message: 'second', attempt: 2 },
      ],
    });
  });

  test('of many errors the last ten are kept, and long messages are cut', async () => {
    const { queues } = await open();
    let jobs: readonly ClaimedJob[] = await enqueueAndClaim(queues, 'errors', { id: 'a', data: 1, maxAttempts: 15 });
    for (let attempt = 1; attempt <= 15; attempt += 1) {
      const failed = jobs.map((job) => ({
        ...job,
        error: { message: `${attempt} ${'é'.repeat(3_000)}` },
        retryAfterMs: 0,
      }));
      ({ jobs } = await queues.settle('errors', { failed, claim }));
    }
    const view = await queues.job('errors', 'a');
    const errors = view?.state === 'dead' ? view.errors : [];
    expect(errors.map(({ attempt }) => attempt)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(errors.map(({ message }) => Buffer.byteLength(message) <= 2048 && message.endsWith('é…'))).toEqual(
      Array(10).fill(true),
    );
  });

  test('a released job goes back to its old place without losing an attempt', async () => {
    const { queues, connections } = await open();
    const [a] = await enqueueAndClaim(queues, 'release', { id: 'a', data: 1 });
    await queues.enqueue('release', [{ id: 'b', data: 2 }]);
    await queues.settle('release', { release: [a] });
    expect(await queueState(connections, 'release')).toMatchObject({
      ready: ['a', 'b'],
      tries: { a: { attempts: 0, crashes: 0 } },
    });
    expect(await queues.claim('release', claim)).toMatchObject([
      { id: 'a', attempt: 1 },
      { id: 'b', attempt: 1 },
    ]);
  });

  test('an extended lease ends later, and only while it is held', async () => {
    const { queues, connections } = await open();
    const [a] = await enqueueAndClaim(queues, 'extend', { id: 'a', data: 1 });
    const extend = [{ ...a, leaseMs: 600_000 }];
    expect(await queues.settle('extend', { extend })).toMatchObject({ accepted: 1 });
    const [[, deadline] = ['', 0]] = await readZset(connections, queueKey('extend', 'lease'));
    expect(deadline).toBeGreaterThan(a.leaseUntil + 500_000);
    await queues.settle('extend', { done: extend });
    expect((await queues.settle('extend', { extend })).rejected).toEqual([stale(a)]);
    expect(await readZset(connections, queueKey('extend', 'lease'))).toEqual([]);
  });

  test('who does not hold the lease has no say, and changes nothing', async () => {
    const { queues, connections } = await open();
    const [old] = await enqueueAndClaim(queues, 'stale', { id: 'a', data: 1 });
    await queues.settle('stale', { release: [old] });
    const [now] = await queues.claim('stale', claim);
    const before = await queueState(connections, 'stale');
    const ref = old;
    const other = { id: 'other', fence: now?.fence ?? '' };
    expect(
      await queues.settle('stale', {
        done: [ref, other],
        failed: [{ ...ref, error }],
        extend: [{ ...ref, leaseMs: 1_000 }],
      }),
    ).toEqual({ accepted: 0, rejected: [stale(ref), stale(other), stale(ref), stale(ref)], jobs: [] });
    expect(await queueState(connections, 'stale')).toEqual(before);
  });

  test('done is stale for a delivery before the one that finished the job', async () => {
    const { queues } = await open();
    const [old] = await enqueueAndClaim(queues, 'older', { id: 'a', data: 1 });
    const { jobs } = await queues.settle('older', { release: [old], claim });
    await queues.settle('older', { done: jobs });
    expect(await queues.settle('older', { done: [old, ...jobs] })).toEqual({
      accepted: 1,
      rejected: [stale(old)],
      jobs: [],
    });
  });

  test('a done job is remembered for the window at least, and for two at most', async () => {
    const doneWindowMs = 1_000_000;
    const { queues, connections } = await openQueues(`redis://${server.address}`, { doneWindowMs });
    const [a] = await enqueueAndClaim(queues, 'window', { id: 'a', data: 1 });
    await queues.settle('window', { done: [{ ...a, resultJson: '1' }] });
    const view = await queues.job('window', 'a');
    const finishedAt = view?.state === 'done' ? view.finishedAt : 0;
    for (const name of ['done', 'result'] as const) {
      const buckets = [queueKey('window', `${name}:0`), queueKey('window', `${name}:1`)];
      const expiries = await Promise.all(buckets.map((key) => connections.command(['PEXPIRETIME', key])));
      const rememberedMs = Math.max(...expiries.map(Number)) - finishedAt;
      expect(rememberedMs).toBeGreaterThanOrEqual(doneWindowMs);
      expect(rememberedMs).toBeLessThanOrEqual(2 * doneWindowMs);
    }
  });

  test.each([
    ['done', (ref: DeliveryRef) => ({ done: [ref] })],
    ['failed', (ref: DeliveryRef) => ({ failed: [{ ...ref, error, retryAfterMs: 60_000 }] })],
    ['dead', (ref: DeliveryRef) => ({ failed: [{ ...ref, error, retry: false }] })],
    ['released', (ref: DeliveryRef) => ({ release: [ref] })],
  ])(
    'a delivery that was %s may be settled alike again, with no further effect, and not otherwise',
    async (name, request) => {
      const { queues, connections } = await open();
      const [a] = await enqueueAndClaim(queues, `again-${name}`, { id: 'a', data: 1 });
      const ref = a;
      expect(await queues.settle(`again-${name}`, request(ref))).toMatchObject({ accepted: 1 });
      const [before, counts] = [await queueState(connections, `again-${name}`), await queues.counts(`again-${name}`)];
      expect(await queues.settle(`again-${name}`, request(ref))).toMatchObject({ accepted: 1, rejected: [] });
      const others = [{ done: [ref] }, { release: [ref] }, { failed: [{ ...ref, error }] }].filter(
        (other) => Object.keys(other)[0] !== Object.keys(request(ref))[0],
      );
      for (const other of others) {
        expect(await queues.settle(`again-${name}`, other)).toMatchObject({ accepted: 0, rejected: [stale(ref)] });
      }
      expect(await queueState(connections, `again-${name}`)).toEqual(before);
      expect((await queues.counts(`again-${name}`)).totals).toEqual(counts.totals);
    },
  );

  test('the same delivery twice in one request counts once, and a contradiction goes to the first', async () => {
    const { queues } = await open();
    const [a, b] = (await enqueueAndClaim(queues, 'both', { id: 'a', data: 1 }, { id: 'b', data: 1 })) as [
      ClaimedJob,
      ClaimedJob,
    ];
    const failed = [a, b, b].map((ref) => ({ ...ref, error }));
    expect(await queues.settle('both', { done: [a, a], failed })).toEqual({
      accepted: 4,
      rejected: [stale(a)],
      jobs: [],
    });
    expect((await queues.counts('both')).totals).toMatchObject({ done: 1, failed: 1 });
  });

  test('a request with more settlements than one call takes is settled in full', async () => {
    const { queues } = await open();
    await queues.enqueue(
      'much',
      Array.from({ length: 1_500 }, (_, n) => ({ data: n })),
    );
    const jobs = [
      ...(await queues.claim('much', { ...claim, max: 1000 })),
      ...(await queues.claim('much', { ...claim, max: 500 })),
    ];
    const failed = jobs.slice(0, 300).map((job) => ({ ...job, error, retry: false }));
    expect(await queues.settle('much', { done: jobs.slice(300), failed })).toEqual({
      accepted: 1_500,
      rejected: [],
      jobs: [],
    });
    expect(await queues.counts('much')).toMatchObject({ leased: 0, dead: 300, totals: { done: 1_200 } });
  });

  test.each([
    [
      'a result that is too large',
      (ref: DeliveryRef) => ({ done: [ref, { ...ref, resultJson: `"${'x'.repeat(65_536)}"` }] }),
      'done[1].result',
    ],
    [
      'a fence that is no number',
      (ref: DeliveryRef) => ({ done: [ref], release: [{ id: 'a', fence: '1:2' }] }),
      'release[0].fence',
    ],
    [
      'a negative retry time',
      (ref: DeliveryRef) => ({ failed: [{ ...ref, error, retryAfterMs: -1 }] }),
      'failed[0].retryAfterMs',
    ],
    [
      'a code that is too long',
      (ref: DeliveryRef) => ({ failed: [{ ...ref, error: { message: 'm', code: 'x'.repeat(101) } }] }),
      'failed[0].error.code',
    ],
    ['a lease of no time', (ref: DeliveryRef) => ({ extend: [{ ...ref, leaseMs: 0 }] }), 'extend[0].leaseMs'],
  ])('a request with %s settles nothing', async (name, request, field) => {
    const { queues } = await open();
    const queue = name.replaceAll(' ', '-');
    const [a] = await enqueueAndClaim(queues, queue, { id: 'a', data: 1 });
    await expect(queues.settle(queue, request(a))).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(`Expected ${field} to be`),
    });
    expect(await queues.counts(queue)).toMatchObject({ leased: 1, totals: { done: 0 } });
  });
});
