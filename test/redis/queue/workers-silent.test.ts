import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueKey } from '../../../app/queue/keys.js';
import { forgetHints, queueState } from '../support/queue-state.js';
import { openQueues, type TestQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claimAs = (worker: string, max = 100) => ({ max, leaseMs: 600_000, worker, beats: true });

beforeAll(async () => {
  server = await startRedis();
});

/** The worker beats until it is told to stop; every 300 ms, so that a slow machine does not silence it. */
function keepBeating({ queues }: TestQueues, queue: string, worker: string): () => Promise<void> {
  let stopped = false;
  const beating = (async () => {
    while (!stopped) {
      await queues.beat(queue, worker);
      await sleep(300);
    }
  })();
  return async () => {
    stopped = true;
    await beating;
  };
}

/** The clock of the watch is moved: as if all that is known of workers were `ms` older. Faster than waiting, and the same to Redis. */
async function letTimePass({ connections }: TestQueues, queue: string, ms: number, workers: readonly string[]) {
  for (const worker of workers) await connections.command(['ZINCRBY', queueKey(queue, 'workers'), -ms, worker]);
  for (const field of ['watchedSince', 'look']) {
    await connections.command(['HINCRBY', queueKey(queue, 'meta'), field, -ms]);
  }
  await forgetHints(connections, queue);
}

describe('a worker that beats', () => {
  test('and falls silent loses its leases within seconds, while one that never did keeps them', async () => {
    const redis = await open();
    const { queues, connections } = redis;
    await queues.enqueue(
      'silent',
      ['a', 'b', 'c', 'd'].map((id) => ({ id, data: 1 })),
    );
    await queues.claim('silent', { ...claimAs('mute', 1), beats: false });
    await queues.claim('silent', claimAs('victim', 2));
    await queues.claim('silent', claimAs('survivor', 1));
    const stop = keepBeating(redis, 'silent', 'survivor');
    await waitFor('the leases are taken back', async () => (await queues.counts('silent')).ready === 2);
    expect(await queueState(connections, 'silent')).toMatchObject({
      ready: ['b', 'c'],
      held: { a: 'mute', d: 'survivor' },
      tries: { b: { attempts: 0, crashes: 1 }, c: { attempts: 0, crashes: 1 } },
      workers: ['survivor'],
    });
    expect(await queues.beat('silent', 'victim')).toEqual({ isNew: true, cancelling: 0 });
    await stop();
  });

  test('wakes with its death who waits for work', async () => {
    const { queues } = await open();
    const other = await open();
    const waiting = other.queues.claim('wake', { ...claimAs('heir'), waitMs: 60_000 });
    await queues.enqueue('wake', [{ id: 'a', data: 1 }]);
    expect(await waiting).toMatchObject([{ id: 'a' }]);
    const heirs = queues.claim('wake', { ...claimAs('second'), waitMs: 60_000 });
    const since = performance.now();
    expect(await heirs).toMatchObject([{ id: 'a', attempt: 1 }]);
    expect(performance.now() - since).toBeGreaterThan(3_000);
  });

  test('is given its time anew after nobody at all was heard: after an outage nothing runs twice', async () => {
    const redis = await open();
    const { queues } = redis;
    await queues.enqueue('outage', [
      { id: 'a', data: 1 },
      { id: 'b', data: 1 },
    ]);
    await queues.claim('outage', claimAs('one', 1));
    await queues.claim('outage', claimAs('two', 1));
    await queues.beat('outage', 'one');
    await letTimePass(redis, 'outage', 4_500, ['one', 'two']);
    // The first to come after the outage is not the one that is silent; and so for seconds.
    for (let turn = 0; turn < 3; turn += 1) {
      await queues.beat('outage', 'two');
      expect(await queues.claim('outage', claimAs('three'))).toEqual([]);
    }
    expect(await queues.beat('outage', 'one')).toMatchObject({ isNew: false });
    expect(await queues.counts('outage')).toMatchObject({ leased: 2, totals: { crashed: 0 } });
  });

  test('and left is not looked for', async () => {
    const { queues, connections } = await open();
    await queues.beat('leaves', 'w');
    expect(await queueState(connections, 'leaves')).toMatchObject({ workers: ['w'] });
    await queues.beat('leaves', 'w', { isLeaving: true });
    expect((await queueState(connections, 'leaves'))['workers']).toBeUndefined();
  });

  test('and found nothing is not looked for, so that nobody wakes up for an empty queue', async () => {
    const { queues, connections } = await open();
    expect(await queues.claim('idle', { max: 1, leaseMs: 60_000, worker: 'w', beats: true })).toEqual([]);
    expect((await queueState(connections, 'idle'))['workers']).toBeUndefined();
    await queues.enqueue('idle', [{ data: 1 }]);
    expect(await queues.claim('idle', { max: 1, leaseMs: 60_000, worker: 'w', beats: true })).toHaveLength(1);
    expect(await queueState(connections, 'idle')).toMatchObject({ workers: ['w'] });
  });

  test('loses many leases in pieces, none forgotten', async () => {
    const redis = await open();
    const { queues, connections } = redis;
    await queues.enqueue(
      'pieces',
      Array.from({ length: 1_200 }, (_, n) => ({ data: n })),
    );
    for (const worker of ['victim', 'other', 'victim']) {
      for (let claimed = 0; claimed < 400;) claimed += (await queues.claim('pieces', claimAs(worker, 200))).length;
    }
    await queues.beat('pieces', 'other');
    await letTimePass(redis, 'pieces', 1_000, ['victim']);
    for (let second = 0; second < 5; second += 1) {
      await letTimePass(redis, 'pieces', 1_000, ['victim']);
      await queues.beat('pieces', 'other');
    }
    const left = new Set<number>();
    await waitFor('all are taken back', async () => {
      await queues.beat('pieces', 'other');
      const { leased } = await queues.counts('pieces');
      left.add(leased);
      return leased === 400 && !('victim' in (await workersOf(redis, 'pieces')));
    });
    expect(left.size).toBeGreaterThan(5);
    expect(await queues.counts('pieces')).toMatchObject({ ready: 800, totals: { crashed: 800 } });
    expect(Object.values((await queueState(connections, 'pieces')).held as object)).not.toContain('victim');
  });
});

async function workersOf({ connections }: TestQueues, queue: string): Promise<Record<string, true>> {
  const { workers = [] } = (await queueState(connections, queue)) as { readonly workers?: readonly string[] };
  return Object.fromEntries(workers.map((worker) => [worker, true]));
}
