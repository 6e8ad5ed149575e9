import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueKey } from '../../../app/queue/keys.js';
import { shardName } from '../../../app/queue/sharding/shard-names.js';
import { bellChannel } from '../../../app/redis/cluster/bell.js';
import { keySlot } from '../../../app/redis/cluster/key-slot.js';
import { startCluster, type TestCluster } from '../support/cluster.js';
import { connect, connectReady } from '../support/connect.js';
import { openDispatcher, serve } from '../support/dispatch.js';
import { openQueues, openSharded } from '../support/queues.js';
import { waitFor } from '../support/wait-for.js';

let cluster: TestCluster;
const claim = { max: 100, leaseMs: 60_000, worker: 'w' };

beforeAll(async () => {
  cluster = await startCluster();
});

/** Names of queues, each on another primary. */
async function queuesOfAll(): Promise<readonly string[]> {
  const found = new Map<number, string>();
  for (let n = 0; found.size < 3; n += 1) found.set((await cluster.ownerOf(queueKey(`q${n}`, 'jobs'))).port, `q${n}`);
  return [...found.values()];
}

describe('a Redis Cluster', () => {
  test('divides keys as we do', async () => {
    const keys = ['', 'a', 'ml:{q:1}:jobs', '{}x', 'x{}{y}', '{', '}{', 'a}b{c}', '{ü}', 'moorline:{x', '{{a}}'];
    const [node] = cluster.primaries;
    const slots = await Promise.all(keys.map((key) => node.cli('CLUSTER', 'KEYSLOT', key)));
    expect(keys.map(keySlot)).toEqual(slots.map(Number));
  });

  test('is connected to by any node of it, and all its primaries are written to', async () => {
    const [node] = cluster.primaries;
    const redis = await connectReady(`redis+cluster://127.0.0.1:1,${node.address}`);
    const addresses = cluster.primaries.map(({ address }) => address).sort();
    expect(redis.status()).toMatchObject({ primary: addresses.join(','), roles: { command: { configured: 3 } } });
  });

  test('is not taken for one server', async () => {
    const { redis } = connect(`redis://${cluster.primaries[0].address}`);
    await waitFor('the reason', () => redis.status().reason?.includes('redis+cluster://'));
  });

  test('answers tasks by messages, whichever primary has the queue', async () => {
    const names = await queuesOfAll();
    const { dispatcher } = await openDispatcher(cluster.uri);
    const { queues } = await openDispatcher(cluster.uri);
    const workers = names.map((name) => serve(queues, `tasks-${name}`, ({ dataJson }) => Number(dataJson) + 1));
    const answers = await Promise.all(names.map((name, n) => dispatcher.ask(`tasks-${name}`, n)));
    expect(answers.map(({ resultJson }) => resultJson)).toEqual(names.map((_, n) => String(n + 1)));
    const byStream = dispatcher.ask('x', 1, { reply: 'stream' });
    await expect(byStream).rejects.toMatchObject({ code: 'invalid_request' });
    const lonely = dispatcher.ask('nobody', 1, { timeoutMs: 300 });
    await expect(lonely).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await Promise.all(workers.map((worker) => worker.stop()));
  });

  test('with more primaries than connections allow is refused with the reason', async () => {
    const { redis } = connect(cluster.uri, { WORKER_REDIS_MAX_CONNECTIONS: '8' });
    await waitFor('the reason', () => redis.status().reason?.includes('WORKER_REDIS_MAX_CONNECTIONS'));
  });

  test('says why it cannot be used when no node of it answers', async () => {
    const { redis } = connect('redis+cluster://127.0.0.1:1');
    await waitFor('the reason', () => redis.status().reason?.includes('no node of the cluster answers'));
    await expect(redis.command(['GET', 'key'], { deadlineMs: 100 })).rejects.toMatchObject({
      code: 'redis_unavailable',
    });
  });

  test('carries the queues of all its primaries, from the enqueue to the dead letter', async () => {
    const { queues } = await openQueues(cluster.uri);
    const names = await queuesOfAll();
    for (const queue of names) {
      const failing = { id: 'b', data: 2, maxAttempts: 1 };
      expect((await queues.enqueue(queue, [{ id: 'a', data: 1 }, failing])).jobs).toHaveLength(2);
      const [a, b] = await queues.claim(queue, claim);
      if (a === undefined || b === undefined) throw new Error('Expected two jobs');
      const failed = [{ ...b, error: { message: 'no' } }];
      expect(await queues.settle(queue, { done: [a], failed })).toMatchObject({ accepted: 2 });
      expect(await queues.job(queue, 'a')).toMatchObject({ state: 'done' });
      expect((await queues.dead(queue, { limit: 10 })).jobs).toMatchObject([{ id: 'b' }]);
      await queues.pause(queue);
      expect(await queues.replay(queue, { all: true }, {})).toMatchObject({ replayed: 1 });
      expect(await queues.claim(queue, claim)).toEqual([]);
      await queues.resume(queue);
      expect(await queues.claim(queue, claim)).toMatchObject([{ id: 'b' }]);
      expect(await queues.counts(queue)).toMatchObject({ leased: 1, totals: { done: 1 } });
    }
    expect(await queues.names()).toEqual(expect.arrayContaining([...names]));
  });

  test('wakes a claim that waits in another process, whatever primary has its queue', async () => {
    // Without the doorbell they would wait for the sweep, which never comes.
    const { queues: here } = await openQueues(cluster.uri, { sweepMs: 3_600_000 });
    const { queues: there } = await openQueues(cluster.uri);
    const names = (await queuesOfAll()).map((queue) => `wait-${queue}`);
    const waiting = names.map((queue) => here.claim(queue, { ...claim, waitMs: 50_000 }));
    await waitFor('somebody hears the doorbell', async () => {
      const heard = cluster.primaries.map((node) => node.cli('PUBSUB', 'NUMSUB', bellChannel));
      return (await Promise.all(heard)).some((reply) => reply.endsWith('1'));
    });
    for (const queue of names) await there.enqueue(queue, [{ id: 'a', data: 1 }]);
    expect((await Promise.all(waiting)).flat()).toHaveLength(names.length);
  });

  test('shares a queue with shards among all its primaries, also one that gets them while jobs flow', async () => {
    const [here, there] = [await openSharded(cluster.uri), await openSharded(cluster.uri)];
    await here.enqueue('spread', jobs(0, 100));
    await here.configure('spread', { shards: 8 });
    const waiting = there.claim('spread', { ...claim, waitMs: 50_000 });
    await here.enqueue('spread', jobs(100, 400));
    const owners = await Promise.all(
      Array.from({ length: 8 }, (_, shard) => cluster.ownerOf(queueKey(shardName('spread', shard), 'jobs'))),
    );
    expect(new Set(owners.map(({ port }) => port)).size).toBe(3);
    const seen = new Set((await waiting).map(({ id }) => id));
    for (let some = await there.claim('spread', claim); some.length > 0; some = await there.claim('spread', claim)) {
      for (const { id } of some) seen.add(id);
    }
    expect(seen.size).toBe(400);
    expect(await here.counts('spread')).toMatchObject({ ready: 0, leased: 400 });
  });
});

const jobs = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({ id: `${from + n}`, data: n }));
