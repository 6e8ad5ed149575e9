import { describe, expect, test } from '@jest/globals';
import { connectReady } from '../support/connect.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const longMs = 50_000;

describe('the doorbell', () => {
  test('answers the key that rang', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const waiting = redis.waitForDoorbell(['one', 'two'], longMs);
    await server.cli('ZADD', 'two', '0', 'ring');
    expect(await waiting).toBe('two');
    expect(await redis.waitForDoorbell(['one', 'two'], 20)).toBeUndefined();
  });

  test('is woken at once, whether Redis has heard of the wait or not', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    await redis.wakeDoorbell();
    for (let round = 0; round < 50; round += 1) {
      const waiting = redis.waitForDoorbell(['bell'], longMs);
      if (round % 2 === 0) {
        await waitFor('Redis blocks', async () => (await server.cli('CLIENT', 'LIST')).includes('cmd=bzpopmin'), {
          pollMs: 1,
        });
      }
      await redis.wakeDoorbell();
      expect(await waiting).toBeUndefined();
    }
    expect(redis.status().roles.blocking.reconnects).toBe(0);
  });

  test('takes no sign of work that comes after it was woken', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const woken = redis.waitForDoorbell(['bell'], longMs);
    await redis.wakeDoorbell();
    await woken;
    await server.cli('ZADD', 'bell', '0', 'ring');
    expect(await redis.waitForDoorbell(['bell'], longMs)).toBe('bell');
  });

  test('is undefined when its connection is lost, and waits again on the next one', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const lost = redis.waitForDoorbell(['bell'], longMs);
    await waitFor('Redis blocks', async () => (await server.cli('CLIENT', 'LIST')).includes('cmd=bzpopmin'));
    await server.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    expect(await lost).toBeUndefined();
    const waiting = redis.waitForDoorbell(['bell'], longMs);
    await server.cli('ZADD', 'bell', '0', 'ring');
    expect(await waiting).toBe('bell');
  });

  test('does not outlast its time when the server freezes, and leaves that connection', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const waiting = redis.waitForDoorbell(['bell'], 300);
    server.freeze();
    expect(await waiting).toBeUndefined();
    expect(redis.status().roles.blocking.status).not.toBe('ready');
    server.thaw();
    await waitFor('connections to Redis', () => redis.status().ready);
    await server.cli('ZADD', 'bell', '0', 'ring');
    expect(await redis.waitForDoorbell(['bell'], longMs)).toBe('bell');
  });

  test('is left when the process stops, also with a frozen server', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const waiting = redis.waitForDoorbell(['bell'], longMs);
    server.freeze();
    const left = expect(waiting).rejects.toMatchObject({ code: 'redis_unavailable' });
    await redis.close();
    await left;
    await expect(redis.command(['PING'])).rejects.toMatchObject({ code: 'redis_unavailable' });
  });
});
