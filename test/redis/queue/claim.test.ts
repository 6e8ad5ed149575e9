import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueKey } from '../../../app/queue/keys.js';
import { queueState, readZset, setClocks } from '../support/queue-state.js';
import { enqueueAndClaim, openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 10, leaseMs: 60_000, worker: 'w' };

beforeAll(async () => {
  server = await startRedis();
});

describe('claim', () => {
  test('a claimed job is leased to its worker and rings no bell', async () => {
    const { queues, connections } = await open();
    const [job] = await enqueueAndClaim(queues, 'claim', { id: 'a:1', data: 1 });
    expect(await queueState(connections, 'claim')).toEqual({
      jobs: { 'a:1': '1' },
      lease: ['a:1'],
      held: { 'a:1': 'w' },
      mark: ['work'],
    });
    expect(job.leaseUntil).toBeGreaterThan(Date.now());
    expect(await readZset(connections, queueKey('claim', 'lease'))).toEqual([['a:1', job.leaseUntil]]);
  });

  test('is made on the next connection when its own is lost in a pause of writes, as in a planned failover', async () => {
    // Of its own: the pause is for all its clients.
    const paused = await startRedis();
    const { queues } = await openQueues(`redis://${paused.address}`);
    await queues.enqueue('paused', [{ data: 1 }]);
    await paused.cli('CLIENT', 'PAUSE', '60000', 'WRITE');
    const claimed = queues.claim('paused', claim);
    await waitFor('it is held up', async () => (await paused.cli('INFO', 'clients')).includes('blocked_clients:1'));
    await paused.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    await paused.cli('CLIENT', 'UNPAUSE');
    expect(await claimed).toMatchObject([{ dataJson: '1', attempt: 1 }]);
  });

  test('fences grow from delivery to delivery and never repeat', async () => {
    const { queues } = await open();
    const fences: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const jobs =
        round === 0
          ? await enqueueAndClaim(queues, 'fences', { data: 1 }, { data: 2 })
          : await queues.claim('fences', claim);
      fences.push(...jobs.map(({ fence }) => Number(fence)));
      await queues.settle('fences', { release: jobs });
    }
    expect(fences).toHaveLength(6);
    expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
  });

  test('a fence is newer than any before it, also where the counter was lost or is ahead of the clock', async () => {
    const { queues, connections } = await open();
    const [first] = await enqueueAndClaim(queues, 'lost', { data: 1 });
    await connections.command(['DEL', queueKey('lost', 'meta')]);
    const [second] = await enqueueAndClaim(queues, 'lost', { data: 2 });
    expect(Number(second.fence)).toBeGreaterThan(Number(first.fence));
    await setClocks(connections, 'lost', 5_000_000_000_000_000, 0);
    const [third] = await enqueueAndClaim(queues, 'lost', { data: 3 });
    expect(third.fence).toBe('5000000000000001');
  });

  test('a claim for many is filled by several turns, and large jobs end it early', async () => {
    const { queues } = await open();
    await queues.enqueue(
      'many',
      Array.from({ length: 1_000 }, (_, n) => ({ data: n })),
    );
    expect(await queues.claim('many', { ...claim, max: 900 })).toHaveLength(900);
    await queues.enqueue(
      'heavy',
      Array.from({ length: 30 }, () => ({ data: 'x'.repeat(1_000_000) })),
    );
    const heavy = await queues.claim('heavy', { ...claim, max: 30 });
    expect(heavy.length).toBeGreaterThanOrEqual(8);
    expect(heavy.length).toBeLessThan(30);
  });

  test('claims that share a turn share its bytes, and what they leave stays in line', async () => {
    const { queues } = await open();
    await queues.enqueue(
      'share',
      Array.from({ length: 30 }, (_, n) => ({ id: `j${n}`, data: 'x'.repeat(200_000) })),
    );
    const shared = await Promise.all([1, 2, 3].map(() => queues.claim('share', { ...claim, max: 10 })));
    const claimed = shared.flat().map(({ id }) => id);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(await queues.counts('share')).toMatchObject({ ready: 30 - claimed.length, leased: claimed.length });
  });

  test('a paused queue hands out nothing and takes everything, until it is resumed', async () => {
    const { queues } = await open();
    const [job] = await enqueueAndClaim(queues, 'paused', { data: 1 });
    await queues.pause('paused');
    await queues.enqueue('paused', [{ id: 'b', data: 2 }]);
    expect(await queues.settle('paused', { done: [job], claim })).toEqual({
      accepted: 1,
      rejected: [],
      jobs: [],
    });
    expect(await queues.counts('paused')).toMatchObject({ paused: true, ready: 1 });
    await queues.resume('paused');
    expect(await queues.claim('paused', claim)).toMatchObject([{ id: 'b' }]);
  });

  test.each([
    ['no job', { max: 0 }, 'claim.max'],
    ['too many jobs', { max: 1001 }, 'claim.max'],
    ['a lease of no time', { leaseMs: 0 }, 'claim.leaseMs'],
    ['a worker without a name', { worker: '' }, 'claim.worker'],
    ['an endless wait', { waitMs: Number.POSITIVE_INFINITY }, 'claim.waitMs'],
  ])('refuses a claim of %s', async (_, wrong, field) => {
    const { queues } = await open();
    await expect(queues.claim('bad', { ...claim, ...wrong })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(`Expected ${field} to be`),
    });
  });
});
