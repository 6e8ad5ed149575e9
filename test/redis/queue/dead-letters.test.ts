import { beforeAll, describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../../app/queue/failure.js';
import { queueKey } from '../../../app/queue/keys.js';
import type { RedisQueues } from '../../../app/queue/queues.js';
import { queueState, readZset } from '../support/queue-state.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 1000, leaseMs: 60_000, worker: 'w' };

beforeAll(async () => {
  server = await startRedis();
});

/** Makes dead letters, in this order: id -> message of the error. */
async function bury(queues: RedisQueues, queue: string, messages: Readonly<Record<string, string>>): Promise<void> {
  await queues.enqueue(
    queue,
    Object.keys(messages).map((id) => ({ id, data: { id }, priority: 4 })),
  );
  const jobs = await queues.claim(queue, claim);
  const failed = jobs.map(({ id, fence }) => ({
    id,
    fence,
    error: { message: messages[id] ?? '', code: 'E' },
    retry: false,
  }));
  await queues.settle(queue, { failed });
}

const many = (count: number, message: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`j${n}`, message]));

describe('dead letters', () => {
  test('a page tells what is known of each, in the order of their deaths, and its cursor leads on', async () => {
    const { queues } = await open();
    await bury(queues, 'page', { a: 'timeout after 30 s', b: 'timeout after 31 s', c: 'no such file "x"' });
    const first = await queues.dead('page', { limit: 2 });
    expect(first.jobs).toMatchObject([
      { id: 'a', reason: 'rejected', attempts: 1, crashes: 0, priority: 4, dataJson: '{"id":"a"}' },
      { id: 'b', errors: [{ message: 'timeout after 31 s', code: 'E', attempt: 1 }] },
    ]);
    expect(first.jobs[0]?.fingerprint).toBe(first.jobs[1]?.fingerprint);
    expect(Math.abs((first.jobs[0]?.diedAt ?? 0) - Date.now())).toBeLessThan(60_000);
    const second = await queues.dead('page', { limit: 2, cursor: first.cursor ?? '' });
    expect(second.jobs.map(({ id }) => id)).toEqual(['c']);
    expect(second).not.toHaveProperty('cursor');
  });

  test('a page by fingerprint finds all and only those, however far apart', async () => {
    const { queues } = await open();
    await bury(queues, 'rare', { ...many(900, 'common'), rare1: 'rare' });
    await bury(queues, 'rare', { common: 'common', rare2: 'rare' });
    const fingerprint = fingerprintOf({ message: 'rare', code: 'E' });
    const page = await queues.dead('rare', { limit: 10, fingerprint });
    expect(page.jobs.map(({ id }) => id)).toEqual(['rare1', 'rare2']);
    expect(page).not.toHaveProperty('cursor');
  });

  test('a page of heavy jobs ends early', async () => {
    const { queues } = await open();
    await queues.enqueue(
      'heavy',
      Array.from({ length: 30 }, (_, n) => ({ id: `h${n}`, data: 'x'.repeat(500_000) })),
    );
    for (let left = 30; left > 0;) {
      const jobs = await queues.claim('heavy', claim);
      await queues.settle('heavy', { failed: jobs.map((job) => ({ ...job, error: { message: 'm' }, retry: false })) });
      left -= jobs.length;
    }
    const page = await queues.dead('heavy', { limit: 30 });
    expect(page.jobs).toHaveLength(10);
    const rest = await queues.dead('heavy', { limit: 30, cursor: page.cursor ?? '' });
    expect(rest.jobs[0]?.id).not.toBe(page.jobs.at(-1)?.id);
    expect(new Set([...page.jobs, ...rest.jobs].map(({ id }) => id)).size).toBe(20);
  });

  test('a replayed job starts anew, in its priority, without its story', async () => {
    const { queues, connections } = await open();
    await bury(queues, 'replay', { a: 'x', b: 'x' });
    expect(await queues.replay('replay', { ids: ['a', 'a', 'unknown'] }, {})).toEqual({ matched: 1, replayed: 1 });
    expect(await queueState(connections, 'replay')).toMatchObject({
      ready: ['a'],
      dead: ['b'],
      tries: { b: { attempts: 1, crashes: 0 } },
    });
    expect(await queues.claim('replay', claim)).toMatchObject([{ id: 'a', attempt: 1, priority: 4 }]);
  });

  test('a replay by fingerprint leaves the others, a dry run leaves all, a limit leaves the rest', async () => {
    const { queues } = await open();
    await bury(queues, 'select', { ...many(450, 'broken pipe'), other: 'no such host' });
    const { jobs } = await queues.dead('select', { limit: 1 });
    const selection = { fingerprint: jobs[0]?.fingerprint ?? '' };
    expect(await queues.replay('select', selection, { dryRun: true })).toEqual({ matched: 450, replayed: 0 });
    expect(await queues.replay('select', selection, { limit: 250 })).toEqual({ matched: 250, replayed: 250 });
    expect(await queues.replay('select', selection, {})).toEqual({ matched: 200, replayed: 200 });
    expect(await queues.counts('select')).toMatchObject({ dead: 1, ready: 450 });
  });

  test('a replay at a rate spreads the jobs over time', async () => {
    const { queues, connections } = await open();
    await bury(queues, 'rate', many(300, 'x'));
    expect(await queues.replay('rate', { all: true }, { ratePerSecond: 0.5 })).toEqual({ matched: 300, replayed: 300 });
    const due = (await readZset(connections, queueKey('rate', 'delayed'))).map(([, score]) => Math.floor(score / 10));
    expect(due).toHaveLength(299);
    const span = (due.at(-1) ?? 0) - (due[0] ?? 0);
    expect(Math.abs(span - 298 * 2_000)).toBeLessThan(30_000);
  });

  test('a purge forgets jobs and ids', async () => {
    const { queues, connections } = await open();
    await bury(queues, 'purge', { a: 'x', b: 'y' });
    expect(await queues.purge('purge', { ids: ['a'] }, { dryRun: true })).toEqual({ matched: 1, purged: 0 });
    expect(await queues.purge('purge', { all: true }, {})).toEqual({ matched: 2, purged: 2 });
    expect(await queueState(connections, 'purge')).toEqual({ mark: ['work'] });
    expect((await queues.enqueue('purge', [{ id: 'a', data: 1 }])).jobs).toEqual([{ id: 'a', status: 'queued' }]);
  });

  test.each([
    ['cursor', (queues: RedisQueues) => queues.dead('bad', { limit: 1, cursor: 'x' })],
    ['limit', (queues: RedisQueues) => queues.dead('bad', { limit: 201 })],
    ['limit', (queues: RedisQueues) => queues.purge('bad', { all: true }, { limit: 0 })],
    ['ratePerSecond', (queues: RedisQueues) => queues.replay('bad', { all: true }, { ratePerSecond: 0 })],
    ['ids[1]', (queues: RedisQueues) => queues.replay('bad', { ids: ['a', ''] }, {})],
  ])('refuses a wrong %s', async (field, act) => {
    const { queues } = await open();
    await expect(act(queues)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(`Expected ${field} to be`),
    });
  });
});
