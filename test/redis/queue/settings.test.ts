import { beforeAll, describe, expect, test } from '@jest/globals';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let redis: RedisServer;
const open = async () => (await openQueues(`redis://${redis.address}`)).queues;
const claim = { max: 10, leaseMs: 60_000, worker: 'w' };

beforeAll(async () => {
  redis = await startRedis();
});

describe('the settings of a queue', () => {
  test('cost one small read where nobody set any', async () => {
    const queues = await open();
    await queues.enqueue('other', [{ data: 1 }]);
    await redis.cli('CONFIG', 'RESETSTAT');
    for (let n = 0; n < 5; n += 1) await queues.enqueue('plain', [{ data: n }]);
    expect(/cmdstat_fcall:calls=(\d+)/.exec(await redis.cli('INFO', 'commandstats'))?.[1]).toBe('6');
  });

  test('are noticed by other processes at their next enqueue, which knows them from then on', async () => {
    const [producer, operator] = [await open(), await open()];
    await producer.enqueue('told', [{ data: 1 }]);
    await operator.configure('told', { maxAttempts: 7 });
    await producer.enqueue('told', [{ data: 2 }]);
    await producer.enqueue('told', [{ data: 3 }]);
    const jobs = await producer.claim('told', claim);
    expect(jobs.map(({ maxAttempts }) => maxAttempts)).toEqual([3, 3, 7]);
  });

  test('give jobs what they do not say themselves', async () => {
    const queues = await open();
    await queues.configure('defaults', { maxAttempts: 5, timeoutMs: 1234 });
    await queues.enqueue('defaults', [{ data: 1 }, { data: 2, maxAttempts: 1, timeoutMs: 9 }]);
    expect(await queues.claim('defaults', claim)).toMatchObject([
      { maxAttempts: 5, timeoutMs: 1234 },
      { maxAttempts: 1, timeoutMs: 9 },
    ]);
  });

  test('bound the data of a job', async () => {
    const queues = await open();
    await queues.configure('small', { maxDataBytes: 5 });
    await expect(queues.enqueue('small', [{ data: 'fits?' }])).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('jobs[0].data to be at most 5 bytes of JSON, got "7 bytes"'),
    });
    await queues.enqueue('small', [{ data: 'fit' }]);
  });

  test('say how long finished jobs are remembered', async () => {
    const queues = await open();
    await queues.configure('forgetful', { doneWindowMs: 86_400_000 });
    await queues.enqueue('forgetful', [{ id: 'a', data: 1 }]);
    const [job] = await queues.claim('forgetful', claim);
    if (job === undefined) throw new Error('Expected a job');
    await queues.settle('forgetful', { done: [job] });
    const keys = (await redis.cli('KEYS', '*{forgetful}:done:*')).split('\n');
    expect(keys).toHaveLength(1);
    expect(Number(await redis.cli('PTTL', keys[0] ?? ''))).toBeGreaterThan(86_400_000);
  });
});

describe('a line that grows too old', () => {
  const isRefused = (work: Promise<unknown>) =>
    work.then(
      () => false,
      (error: unknown) => (error as { code: string }).code === 'quota_exceeded',
    );

  test('sends producers away, by its age and not by its length, until workers have made it young', async () => {
    const queues = await open();
    await queues.configure('old', { maxReadyAgeMs: 50 });
    await queues.enqueue('old', [{ data: 1 }]);
    await waitFor('a refusal', () => isRefused(queues.enqueue('old', [{ data: 2 }])));
    await expect(queues.enqueue('old', [{ id: 'mine', data: 3 }])).rejects.toMatchObject({
      code: 'quota_exceeded',
      retryable: true,
      options: { retryAfterMs: expect.any(Number), details: { jobs: [{ id: 'mine' }] } },
    });
    await waitFor('the line is young', async () => {
      await queues.claim('old', { ...claim, max: 1000 });
      return !(await isRefused(queues.enqueue('old', [{ data: 4 }])));
    });
  });

  test('takes jobs while it is paused', async () => {
    const queues = await open();
    await queues.configure('paused', { maxReadyAgeMs: 1 });
    await queues.pause('paused');
    const begin = performance.now();
    await waitFor('more than an interval', async () => {
      await queues.enqueue('paused', [{ data: 1 }]);
      return performance.now() - begin > 2_500;
    });
  });
});

describe('the schema of a queue', () => {
  const schema = { type: 'object', required: ['to'], properties: { to: { type: 'string' } } };
  const jobs = [
    { id: 'fine', data: { to: 'you' } },
    { id: 'wrong', data: { to: 7 }, priority: 3 },
    { id: 'later', data: { to: 'me' }, delayMs: 60_000 },
    { id: 'none', data: null, delayMs: 60_000 },
  ];

  test('makes dead letters of jobs that do not match, and of no other', async () => {
    const queues = await open();
    await queues.configure('strict', { schema });
    const receipt = await queues.enqueue('strict', jobs);
    expect(receipt.jobs).toEqual([
      { id: 'fine', status: 'queued' },
      { id: 'wrong', status: 'dead' },
      { id: 'later', status: 'delayed' },
      { id: 'none', status: 'dead' },
    ]);
    expect(await queues.counts('strict')).toMatchObject({
      ready: 1,
      delayed: 1,
      dead: 2,
      totals: { enqueued: 4, dead: 2, failed: 0 },
    });
    expect(await queues.job('strict', 'wrong')).toMatchObject({
      state: 'dead',
      reason: 'invalid',
      attempts: 0,
      priority: 3,
      dataJson: '{"to":7}',
      errors: [{ code: 'invalid', message: 'data.to: must be string, got 7', attempt: 0 }],
    });
    const { jobs: again } = await queues.enqueue('strict', jobs);
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set(['duplicate']));
  });

  test('lets dead letters be replayed and purged like any other, without a trace', async () => {
    const queues = await open();
    await queues.configure('mended', { schema });
    await queues.enqueue('mended', jobs);
    const { jobs: dead } = await queues.dead('mended', { limit: 10 });
    expect(dead.map(({ id, reason }) => [id, reason])).toEqual([
      ['wrong', 'invalid'],
      ['none', 'invalid'],
    ]);
    expect(await queues.replay('mended', { ids: ['wrong'] }, {})).toEqual({ matched: 1, replayed: 1 });
    expect(await queues.purge('mended', { all: true }, {})).toEqual({ matched: 1, purged: 1 });
    expect((await queues.claim('mended', claim)).map(({ id, attempt }) => [id, attempt])).toEqual([
      ['wrong', 1],
      ['fine', 1],
    ]);
    expect(await redis.cli('EXISTS', 'ml:{mended}:errors', 'ml:{mended}:tries', 'ml:{mended}:deadrec')).toBe('0');
  });

  test('keeps the key of a dead letter, which joins the others of its key when it is replayed', async () => {
    const queues = await open();
    await queues.configure('keyed', { schema });
    await queues.enqueue('keyed', [
      { id: 'first', key: 'k', data: { to: 'you' } },
      { id: 'wrong', key: 'k', data: 1 },
    ]);
    await queues.replay('keyed', { all: true }, {});
    const [first, ...others] = await queues.claim('keyed', claim);
    expect([first?.id, others]).toEqual(['first', []]);
    const { jobs: next } = await queues.settle('keyed', { done: first === undefined ? [] : [first], claim });
    expect(next.map(({ id, key }) => [id, key])).toEqual([['wrong', 'k']]);
  });

  test('takes many wrong jobs in one request', async () => {
    const queues = await open();
    await queues.configure('flood', { schema });
    const flood = Array.from({ length: 1_000 }, (_, n) => ({ id: `j${n}`, data: n % 2 === 0 ? n : { to: `${n}` } }));
    const { jobs: receipts } = await queues.enqueue('flood', flood);
    expect(receipts.every(({ id, status }, n) => id === `j${n}` && status === (n % 2 === 0 ? 'dead' : 'queued'))).toBe(
      true,
    );
    expect(await queues.counts('flood')).toMatchObject({ ready: 500, dead: 500 });
    const { jobs: dead } = await queues.dead('flood', { limit: 200 });
    expect(new Set(dead.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  test('that does not compile is refused, and what was set before stays', async () => {
    const queues = await open();
    await queues.configure('kept', { schema });
    await expect(queues.configure('kept', { schema: { type: 'text' } })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('JSON Schema'),
    });
    expect(await queues.settings('kept')).toEqual({ revision: 1, settings: { schema } });
  });
});
