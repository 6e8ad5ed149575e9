import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { MoorlineError } from '../../../app/resilience/errors.js';
import { defineLibrary } from '../../../app/redis/index.js';
import { connectReady } from '../support/connect.js';
import { startHighAvailability } from '../support/high-availability.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const library = defineLibrary(
  'durable_test',
  `register('add', function(keys, args) return redis.call('SADD', keys[1], unpack(args)) end)
register('count', function(keys) return redis.call('SCARD', keys[1]) end, {'no-writes', 'allow-oom'})`,
);
const add = (...ids: string[]) => ({ library, name: 'add', keys: ['ids'], args: ids });
const count = { library, name: 'count', keys: ['ids'], args: [] };
const oneReplica = { replicas: 1, waitMs: 2000 };

async function startPair(): Promise<{ primary: RedisServer; replica: RedisServer }> {
  const primary = await startRedis();
  const replica = await startRedis({ config: [`replicaof 127.0.0.1 ${primary.port}`] });
  await waitFor('the replica follows', async () => (await primary.cli('INFO', 'replication')).includes('state=online'));
  return { primary, replica };
}

describe('durable calls', () => {
  test('a replica confirms the calls, also when their library must be loaded first', async () => {
    const { primary, replica } = await startPair();
    const redis = await connectReady(`redis://${primary.address}`);
    expect(await redis.callDurably([add('a', 'b'), count], oneReplica)).toEqual({
      replies: [2, 2],
      confirmedReplicas: 1,
    });
    expect(await replica.cli('SCARD', 'ids')).toBe('2');
  });

  test('nothing is confirmed while the replica is frozen, and the calls are done all the same', async () => {
    const { primary, replica } = await startPair();
    const redis = await connectReady(`redis://${primary.address}`);
    await redis.callDurably([add('a')], oneReplica);
    replica.freeze();
    const unconfirmed = await redis.callDurably([add('b')], { replicas: 1, waitMs: 200 });
    expect(unconfirmed).toEqual({ replies: [1], confirmedReplicas: 0 });
    replica.thaw();
    expect(await redis.callDurably([count], { replicas: 1, waitMs: 30_000 })).toMatchObject({ replies: [2] });
  });

  test('while no Sentinel can say that nobody replaces the primary, all replicas have to confirm, however long one takes', async () => {
    const { uri, nodes, sentinels } = await startHighAvailability({ downAfterMs: 600_000 });
    const [primary, , slow] = nodes as [RedisServer, RedisServer, RedisServer];
    const redis = await connectReady(uri);
    await redis.callDurably([add('a')], oneReplica);
    for (const sentinel of sentinels) sentinel.freeze();
    slow.freeze();
    expect(await redis.callDurably([add('b')], { replicas: 1, waitMs: 200 })).toMatchObject({ confirmedReplicas: 0 });
    await primary.cli('CONFIG', 'RESETSTAT');
    const patient = redis.callDurably([add('c')], { replicas: 1, waitMs: 7_000 });
    await waitFor('one replica has confirmed', async () =>
      (await primary.cli('INFO', 'commandstats')).includes('cmdstat_wait:calls='),
    );
    slow.thaw();
    expect(await patient).toMatchObject({ confirmedReplicas: 2 });
  });

  test('calls that come while a round waits share the next WAIT', async () => {
    const { primary } = await startPair();
    const redis = await connectReady(`redis://${primary.address}`);
    await redis.callDurably([add('first')], oneReplica);
    await primary.cli('CONFIG', 'RESETSTAT');
    const receipts = await Promise.all(
      Array.from({ length: 300 }, (_, at) => redis.callDurably([add(String(at))], oneReplica)),
    );
    expect(receipts).toEqual(Array(300).fill({ replies: [1], confirmedReplicas: 1 }));
    const [, waits] = /cmdstat_wait:calls=(\d+)/.exec(await primary.cli('INFO', 'commandstats')) ?? [];
    expect(Number(waits)).toBeLessThan(10);
  });

  test('over the memory limit a call is refused at its place, with words for people', async () => {
    const { primary } = await startPair();
    const redis = await connectReady(`redis://${primary.address}`);
    await redis.callDurably([add('a')], oneReplica);
    await primary.cli('CONFIG', 'SET', 'maxmemory', '1');
    const { replies } = await redis.callDurably([count, add('b')], oneReplica);
    expect(replies[0]).toBe(1);
    expect(replies[1]).toBeInstanceOf(MoorlineError);
    expect(replies[1]).toMatchObject({ code: 'quota_exceeded', message: expect.stringContaining('memory limit') });
  });

  test('a primary with too few replicas is unavailable, after some patience', async () => {
    const { primary } = await startPair();
    const redis = await connectReady(`redis://${primary.address}`);
    await redis.callDurably([add('a')], oneReplica);
    await primary.cli('CONFIG', 'SET', 'min-replicas-to-write', '2');
    const refused = redis.callDurably([add('b')], oneReplica);
    await expect(refused).rejects.toMatchObject({ code: 'redis_unavailable', retryable: true });
    const patient = redis.callDurably([add('c')], oneReplica);
    await primary.cli('CONFIG', 'SET', 'min-replicas-to-write', '1');
    expect(await patient).toEqual({ replies: [1], confirmedReplicas: 1 });
  });

  test('connections that are killed again and again confirm no write that the replica lacks', async () => {
    const { primary, replica } = await startPair();
    const redis = await connectReady(`redis://${primary.address}`);
    const confirmed = new Set<string>();
    let failed = 0;
    let stopping = false;
    const produce = async (producer: number): Promise<void> => {
      for (let at = 0; !stopping; at += 1) {
        const id = `${producer}-${at}`;
        try {
          const { confirmedReplicas } = await redis.callDurably([add(id)], { replicas: 1, waitMs: 50 });
          if (confirmedReplicas >= 1) confirmed.add(id);
        } catch {
          failed += 1;
        }
      }
    };
    const producers = [0, 1, 2, 3].map(produce);
    await waitFor('some writes are confirmed', () => confirmed.size > 100);

    // From here on the replica gets nothing: whoever confirms does so by mistake.
    replica.freeze();
    for (let kills = 0; kills < 60; kills += 1) {
      await primary.cli('CLIENT', 'KILL', 'TYPE', 'normal');
      await sleep(kills % 7);
    }
    await waitFor('calls were under way when their connection was killed', () => failed > 3);
    stopping = true;
    await Promise.all(producers);
    await primary.kill();
    replica.thaw();

    await replica.cli('REPLICAOF', 'NO', 'ONE');
    const kept = new Set((await replica.cli('SMEMBERS', 'ids')).split('\n'));
    expect([...confirmed].filter((id) => !kept.has(id))).toEqual([]);
  });
});
