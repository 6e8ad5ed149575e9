import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueKey } from '../../../app/queue/keys.js';
import type { RedisQueues } from '../../../app/queue/queues.js';
import type { Backoff } from '../../../app/queue/settings.js';
import type { ClaimedJob, FailureClass } from '../../../app/queue/types.js';
import { forgetHints, queueState, readZset } from '../support/queue-state.js';
import { enqueueAndClaim, openQueues, type TestQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 10, leaseMs: 600_000, worker: 'w' };
const error = { message: 'no luck' };

beforeAll(async () => {
  server = await startRedis();
});

/** Fails the job `times` times, and answers how long it then had to wait each time. */
async function waitsOf(
  { queues, connections }: TestQueues,
  queue: string,
  times: number,
  wait?: Backoff,
): Promise<number[]> {
  const waits: number[] = [];
  let [job] = await enqueueAndClaim(queues, queue, {
    id: 'a',
    data: 1,
    maxAttempts: 1000,
    ...(wait === undefined ? {} : { backoff: wait }),
  });
  for (let attempt = 1; attempt <= times; attempt += 1) {
    const before = await redisNow(connections);
    await queues.settle(queue, { failed: [{ ...job, error }] });
    const [[, score] = ['', 0]] = await readZset(connections, queueKey(queue, 'delayed'));
    waits.push(Math.floor(score / 10) - before);
    job = await makeDueAndClaim({ queues, connections }, queue);
  }
  return waits;
}

async function makeDueAndClaim({ queues, connections }: TestQueues, queue: string): Promise<ClaimedJob> {
  await connections.command(['ZADD', queueKey(queue, 'delayed'), 'XX', 0, 'a']);
  await forgetHints(connections, queue);
  const [job] = await queues.claim(queue, claim);
  if (job === undefined) throw new Error('The job that is due was not handed out');
  return job;
}

async function redisNow(connections: TestQueues['connections']): Promise<number> {
  const [seconds, micros] = (await connections.command(['TIME'])) as Buffer[];
  return Number(String(seconds)) * 1000 + Math.floor(Number(String(micros)) / 1000);
}

/** What was measured, with room for a slow machine: the moment before is not that of the function. */
function expectWaits(waits: readonly number[], expected: readonly number[]): void {
  expect(waits.map((wait, at) => wait >= (expected[at] ?? 0) && wait < (expected[at] ?? 0) + 900)).toEqual(
    expected.map(() => true),
  );
}

describe('the wait after a failed attempt', () => {
  test.each<[Backoff, readonly number[]]>([
    [{ kind: 'fixed', delayMs: 7_000 }, [7_000, 7_000, 7_000]],
    [{ kind: 'exponential', baseMs: 1_000, maxMs: 5_000 }, [1_000, 2_000, 4_000, 5_000, 5_000]],
    [{ kind: 'list', delaysMs: [3_000, 1_000, 60_000] }, [3_000, 1_000, 60_000, 60_000]],
  ])('of %j is what it says', async (wait, expected) => {
    expectWaits(await waitsOf(await open(), `backoff-${wait.kind}`, expected.length, wait), expected);
  });

  test('with full jitter lies anywhere up to a bound that doubles', async () => {
    const wait = { kind: 'fullJitter', baseMs: 10_000, maxMs: 40_000 } as const;
    const waits = await waitsOf(await open(), 'jitter', 12, wait);
    const bounds = [10_000, 20_000, ...Array<number>(10).fill(40_000)];
    expect(waits.map((ms, at) => ms < (bounds[at] ?? 0) + 900)).toEqual(bounds.map(() => true));
    expect(new Set(waits.map((ms) => Math.round(ms / 500))).size).toBeGreaterThan(4);
  });

  test('when decorrelated lies between the base and three times the wait before', async () => {
    const wait = { kind: 'decorrelated', baseMs: 10_000, maxMs: 200_000 } as const;
    const waits = await waitsOf(await open(), 'decorrelated', 10, wait);
    const withinBounds = waits.map((ms, at) => {
      const before = Math.max(10_000, waits[at - 1] ?? 0);
      return ms >= 10_000 && ms < Math.min(200_000, 3 * before) + 900;
    });
    expect(withinBounds).toEqual(waits.map(() => true));
    expect(Math.max(...waits)).toBeGreaterThan(30_000);
  });

  test('is that of the queue for jobs that do not say', async () => {
    const redis = await open();
    await redis.queues.configure('of-queue', { backoff: { kind: 'fixed', delayMs: 60_000 } });
    expectWaits(await waitsOf(redis, 'of-queue', 1), [60_000]);
    await redis.queues.configure('of-job', { backoff: { kind: 'fixed', delayMs: 60_000 } });
    expectWaits(await waitsOf(redis, 'of-job', 1, { kind: 'fixed', delayMs: 5_000 }), [5_000]);
  });

  test('that is malformed is refused', async () => {
    const { queues } = await open();
    const backoff = { kind: 'fixed', delayMs: 0 } as const;
    await expect(queues.enqueue('malformed', [{ data: 1, backoff }])).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('Expected jobs[0].backoff to be'),
    });
  });
});

describe('a failure of class', () => {
  const failAs = async (queues: RedisQueues, queue: string, failure: FailureClass, job: ClaimedJob, ms: number) =>
    queues.settle(queue, { failed: [{ ...job, error, class: failure, retryAfterMs: ms }] });

  test('never makes a dead letter at once', async () => {
    const { queues } = await open();
    const [a] = await enqueueAndClaim(queues, 'never', { id: 'a', data: 1, maxAttempts: 9 });
    await queues.settle('never', { failed: [{ ...a, error, class: 'never' }] });
    expect(await queues.job('never', 'a')).toMatchObject({ state: 'dead', reason: 'rejected', attempts: 1 });
  });

  test('wait brings the job back without counting an attempt, and may be told twice', async () => {
    const { queues, connections } = await open();
    const [a] = await enqueueAndClaim(queues, 'wait', { id: 'a', data: 1, maxAttempts: 1 }, { id: 'b', data: 1 });
    await failAs(queues, 'wait', 'wait', a, 3_600_000);
    expect(await failAs(queues, 'wait', 'wait', a, 3_600_000)).toMatchObject({ accepted: 1 });
    expect(await queueState(connections, 'wait')).toMatchObject({
      delayed: ['a'],
      tries: { a: { attempts: 0, crashes: 0 } },
    });
    expect(await queues.counts('wait')).toMatchObject({ totals: { failed: 0 } });
    expect(await makeDueAndClaim({ queues, connections }, 'wait')).toMatchObject({ id: 'a', attempt: 1 });
  });

  test('rateLimited holds back the whole queue until then, and no longer', async () => {
    const { queues } = await open();
    const [a] = await enqueueAndClaim(queues, 'limited', { id: 'a', data: 1, maxAttempts: 1 });
    await queues.enqueue('limited', [{ id: 'b', data: 1 }]);
    await failAs(queues, 'limited', 'rateLimited', a, 700);
    const since = performance.now();
    const early = await queues.claim('limited', claim);
    if (performance.now() - since < 400) expect(early).toEqual([]);
    const { jobs } = await queues.settle('limited', { claim: { ...claim, waitMs: 30_000 } });
    expect([...early, ...jobs].map(({ id, attempt }) => ({ id, attempt }))).toContainEqual({ id: 'b', attempt: 1 });
    expect(performance.now() - since).toBeLessThan(9_000);
    await waitFor('the other one', async () => (await queues.job('limited', 'a'))?.state !== 'delayed');
  });

  test('rateLimited of a job that has a key holds back its key alone', async () => {
    const { queues } = await open();
    await queues.enqueue('limited-key', [
      { id: 'a1', data: 1, key: 'a' },
      { id: 'a2', data: 1, key: 'a' },
      { id: 'b1', data: 1, key: 'b' },
    ]);
    const [a1] = await queues.claim('limited-key', { ...claim, max: 1 });
    await failAs(queues, 'limited-key', 'rateLimited', a1 as ClaimedJob, 3_600_000);
    expect((await queues.claim('limited-key', claim)).map(({ id }) => id)).toEqual(['b1']);
  });

  test('that contradicts retry: false is refused', async () => {
    const { queues } = await open();
    const [a] = await enqueueAndClaim(queues, 'contradiction', { id: 'a', data: 1 });
    const failed = [{ ...a, error, class: 'wait' as const, retry: false }];
    await expect(queues.settle('contradiction', { failed })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

test('stack and details of an error are kept, cut where they are long, and all errors together are bounded', async () => {
  const { queues, connections } = await open();
  const [a] = await enqueueAndClaim(queues, 'details', { id: 'a', data: 1, maxAttempts: 15 });
  const small = { message: 'm', code: 'E', stack: 'at f (x.js:1)', details: { orderId: 7 } };
  await queues.settle('details', { failed: [{ ...a, error: { ...small } }] });
  let job = await makeDueAndClaim({ queues, connections }, 'details');
  const large = { message: 'm', stack: '\n'.repeat(9_000), details: ['"'.repeat(9_000)] };
  for (let attempt = 2; attempt <= 15; attempt += 1) {
    const error = attempt < 13 ? large : small;
    await queues.settle('details', { failed: [{ ...job, error }] });
    if (attempt < 15) job = await makeDueAndClaim({ queues, connections }, 'details');
  }
  const view = await queues.job('details', 'a');
  const errors = view?.state === 'dead' ? view.errors : [];
  expect(errors.at(-1)).toMatchObject(small);
  expect(errors.length).toBeLessThan(10);
  expect(Buffer.byteLength(errors[0]?.stack ?? '')).toBe(4_096);
  const details = errors[0]?.details as string;
  expect(Buffer.byteLength(details) <= 4_096 && details.startsWith('["\\"') && details.endsWith('…')).toBe(true);
});
