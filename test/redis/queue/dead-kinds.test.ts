import { beforeAll, describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../../app/queue/failure.js';
import { queueKey } from '../../../app/queue/keys.js';
import type { RedisQueues } from '../../../app/queue/queues.js';
import type { DeadSelection } from '../../../app/queue/types.js';
import { brokenInvariants, queueState } from '../support/queue-state.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 1000, leaseMs: 60_000, worker: 'w' };
const fingerprint = (message: string) => fingerprintOf({ message });

beforeAll(async () => {
  server = await startRedis();
});

/** Makes dead letters of what the queue has, in this order; those with the message `last try` fail, the others are rejected. */
async function bury(queues: RedisQueues, queue: string, messages: Readonly<Record<string, string>>): Promise<void> {
  const jobs = Object.keys(messages).map((id) => ({ id, data: 1, maxAttempts: 1 }));
  await queues.enqueue(queue, jobs);
  await buryReady(queues, queue, messages);
}

async function buryReady(queues: RedisQueues, queue: string, messages: Readonly<Record<string, string>>) {
  const claimed = await queues.claim(queue, claim);
  const failed = claimed.map(({ id, fence }) => ({
    id,
    fence,
    error: { message: messages[id] ?? '' },
    retry: messages[id] === 'last try',
  }));
  await queues.settle(queue, { failed });
}

describe('dead letters by kind', () => {
  test('are counted in groups with their first and last death, the largest group first', async () => {
    const { queues } = await open();
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [`k${n}`, `kind ${'abcdefghij'.repeat(n + 1)}`]),
    );
    await bury(queues, 'groups', { a: 'code 1', b: 'other', ...many });
    await bury(queues, 'groups', { c: 'code 2', d: 'code 3' });
    const { groups, more } = await queues.deadGroups('groups', 1000);
    const letters = (await queues.dead('groups', { limit: 200 })).jobs;
    const diedAt = (id: string) => letters.find((letter) => letter.id === id)?.diedAt;
    expect(groups[0]).toMatchObject({
      fingerprint: fingerprint('code 1'),
      count: 3,
      firstDiedAt: diedAt('a'),
      lastDiedAt: diedAt('d'),
      sample: { id: 'd', error: { message: 'code 3', attempt: 1 } },
    });
    expect([groups.length, more]).toEqual([32, false]);
    expect(groups.every(({ count }, at) => count <= (groups[at - 1]?.count ?? Infinity))).toBe(true);
    expect(await queues.deadGroups('groups', 5)).toMatchObject({ groups: groups.slice(0, 5), more: true });
    await queues.purge('groups', { fingerprint: fingerprint('code 1'), reason: 'rejected' }, {});
    expect((await queues.deadGroups('groups', 1000)).groups).toHaveLength(31);
  });

  test('are found by reason and by age, alone and together with a fingerprint', async () => {
    const { queues } = await open();
    await bury(queues, 'filters', { old: 'last try', older: 'same' });
    const between = await waitFor('time goes on', async () => {
      const { jobs } = await queues.dead('filters', { limit: 2 });
      const age = Date.now() - Math.max(...jobs.map(({ diedAt }) => diedAt));
      return age > 300 && { at: Date.now() };
    });
    await bury(queues, 'filters', { young: 'last try', younger: 'same' });
    const idsOf = async (filter: object) =>
      (await queues.dead('filters', { limit: 10, ...filter })).jobs.map(({ id }) => id);
    const sinceMs = () => Date.now() - between.at + 150;
    expect(await idsOf({ reason: 'failed' })).toEqual(['old', 'young']);
    expect(await idsOf({ newerThanMs: sinceMs() })).toEqual(['young', 'younger']);
    expect(await idsOf({ olderThanMs: sinceMs() })).toEqual(['old', 'older']);
    expect(await idsOf({ fingerprint: fingerprint('same'), newerThanMs: sinceMs() })).toEqual(['younger']);
    expect(await idsOf({ fingerprint: fingerprint('same'), reason: 'failed' })).toEqual([]);
    expect(await idsOf({ reason: 'failed', olderThanMs: sinceMs() })).toEqual(['old']);
    const selection: DeadSelection = { all: true, reason: 'rejected', olderThanMs: sinceMs() };
    expect(await queues.purge('filters', selection, { dryRun: true })).toEqual({ matched: 1, purged: 0 });
    expect(await queues.purge('filters', selection, {})).toEqual({ matched: 1, purged: 1 });
    expect(await idsOf({})).toEqual(['old', 'young', 'younger']);
  });

  test('are replayed no more often than the queue allows, and who is refused is told', async () => {
    const { queues, connections } = await open();
    await queues.configure('cap', { maxReplays: 2 });
    await bury(queues, 'cap', { a: 'x', b: 'x' });
    const replay = (ids: readonly string[]) => queues.replay('cap', { ids }, {});
    for (let round = 0; round < 2; round += 1) {
      expect(await replay(['a'])).toEqual({ matched: 1, replayed: 1 });
      await buryReady(queues, 'cap', { a: 'x' });
    }
    expect(await replay(['a', 'b'])).toEqual({ matched: 2, replayed: 1, refused: ['a'] });
    expect((await queues.dead('cap', { limit: 2 })).jobs).toMatchObject([{ id: 'a', replays: 2, attempts: 1 }]);
    expect(await queueState(connections, 'cap')).toMatchObject({ ready: ['b'], dead: ['a'], replays: { a: 2, b: 1 } });
    expect(await brokenInvariants(connections, 'cap')).toEqual([]);
    const [b] = await queues.claim('cap', claim);
    await queues.settle('cap', { done: b === undefined ? [] : [b] });
    await queues.purge('cap', { all: true }, {});
    expect(Object.keys(await queueState(connections, 'cap')).sort()).toEqual(['done', 'mark']);
  });

  test('leave a record of who did what with them', async () => {
    const { queues } = await open();
    await bury(queues, 'audit', { a: 'x', b: 'x', c: 'y' });
    await queues.replay('audit', { all: true }, { dryRun: true, by: 'nobody' });
    await queues.replay('audit', { ids: ['a', 'z'] }, { by: 'alice' });
    await queues.purge('audit', { fingerprint: fingerprint('x') }, { by: 'bob', limit: 7 });
    expect(await queues.deadAudit('audit', 10)).toEqual([
      {
        at: expect.any(Number),
        by: 'bob',
        action: 'purge',
        selection: { fingerprint: fingerprint('x'), limit: 7 },
        matched: 1,
        changed: 1,
      },
      {
        at: expect.any(Number),
        by: 'alice',
        action: 'replay',
        selection: { count: 2, ids: ['a', 'z'] },
        matched: 1,
        changed: 1,
      },
    ]);
    expect(await queues.deadAudit('audit', 1)).toHaveLength(1);
  });

  test('beyond a million, the oldest go for each new one', async () => {
    const { queues, connections } = await open();
    await bury(queues, 'full', { first: 'x', second: 'y', third: 'z' });
    const dead = queueKey('full', 'dead');
    for (let from = 0; from < 1_000_000; from += 10_000) {
      const pairs = Array.from({ length: 20_000 }, (_, at) =>
        at % 2 === 0 ? 9e15 + from + at / 2 : `${from + (at - 1) / 2}`,
      );
      await connections.command(['ZADD', dead, ...pairs]);
    }
    await bury(queues, 'full', { fourth: 'x' });
    expect(await queues.job('full', 'first')).toBeUndefined();
    expect(await queues.job('full', 'second')).toBeUndefined();
    expect(await queues.job('full', 'third')).toMatchObject({ state: 'dead' });
    expect(await queues.counts('full')).toMatchObject({ dead: 1_000_002, totals: { dropped: 2 } });
    await connections.command(['UNLINK', dead]);
  });
});

test.each([
  ['reason', (queues: RedisQueues) => queues.dead('bad', { limit: 1, reason: 'sad' as never })],
  ['olderThanMs', (queues: RedisQueues) => queues.purge('bad', { all: true, olderThanMs: -1 }, {})],
  ['limit', (queues: RedisQueues) => queues.deadGroups('bad', 0)],
  ['limit', (queues: RedisQueues) => queues.deadAudit('bad', 1001)],
])('a wrong %s is refused', async (field, act) => {
  const { queues } = await open();
  await expect(act(queues)).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining(`Expected ${field} to be`),
  });
});
