import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connect, connectReady } from '../support/connect.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let other: Server | undefined;

afterEach(() => {
  other?.close();
  other = undefined;
});

describe('what is refused', () => {
  test.each([
    ['a replica', 'it is not the primary (its role is slave)', { config: ['replicaof 127.0.0.1 1'] }],
    ['a Sentinel', 'it is a Sentinel', { sentinel: true }],
    ['a node of a cluster', 'Redis Cluster', { config: ['cluster-enabled yes'] }],
  ] as const)('%s is not used, and the reason says why', async (_what, reason, options) => {
    const server = await startRedis(options);
    const { redis } = connect(`redis://${server.address}`);
    await waitFor('the reason', () => redis.status().reason?.includes(reason));
  });

  test('something that is no Redis is said to be none', async () => {
    other = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => other?.listen(0, '127.0.0.1', resolve));
    const { redis } = connect(`redis://127.0.0.1:${(other.address() as AddressInfo).port}`);
    await waitFor('the reason', () => redis.status().reason?.includes('it does not speak the protocol of Redis'));
  });

  test('a database that the server lacks is no connection, rather than one to database 0', async () => {
    const server = await startRedis();
    const { redis } = connect(`redis://${server.address}/99`);
    await waitFor('the reason', () => redis.status().reason?.includes('DB index is out of range'));
  });

  test('a server that becomes a replica is left, and used again as primary', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    await server.cli('REPLICAOF', '127.0.0.1', '1');
    const patient = redis.command(['SET', 'key', 'value'], { deadlineMs: 30_000 });
    await waitFor('the reason', () => redis.status().reason?.includes('it is not the primary'));
    await server.cli('REPLICAOF', 'NO', 'ONE');
    expect(await patient).toEqual(Buffer.from('OK'));
  });

  test('a server that refuses writes makes the process not ready, until it takes them again', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`, { REDIS_HEALTH_CHECK_INTERVAL: '1' });
    await server.cli('CONFIG', 'SET', 'min-replicas-to-write', '1');
    await waitFor('the reason', () => redis.status().reason?.includes('the last write failed'));
    await server.cli('CONFIG', 'SET', 'min-replicas-to-write', '0');
    await waitFor('readiness', () => redis.status().ready);
  });

  test('calls beyond the bound are refused at once, while the server is frozen', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    server.freeze();
    // More than there is room for; the process's own probe may be among those that wait.
    const waiting = Array.from({ length: 10_100 }, () => redis.command(['PING'], { deadlineMs: 30_000 }));
    const outcomes = Promise.allSettled(waiting);
    await expect(redis.command(['PING'])).rejects.toMatchObject({
      code: 'redis_unavailable',
      message: expect.stringContaining('Too much is waiting'),
      options: { retryAfterMs: 1000 },
    });
    server.thaw();
    const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(100);
    expect(refused.length).toBeLessThan(110);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'redis_unavailable' });
    expect(await redis.command(['PING'])).toEqual(Buffer.from('PONG'));
  });

  test('a call that gets no answer fails at its deadline', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    server.freeze();
    await expect(redis.command(['PING'], { deadlineMs: 100 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });
});
