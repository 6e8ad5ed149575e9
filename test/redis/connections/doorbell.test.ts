import { createConnection, createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connectReady } from '../support/connect.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const longMs = 50_000;

const proxies: Server[] = [];

afterEach(() => {
  for (const proxy of proxies.splice(0)) proxy.close();
});

/** A way to the server on which one command arrives later than what other connections send after it. */
async function startSlowProxy(target: number, slowCommand: string): Promise<{ port: number; held: Promise<void> }> {
  let hold: () => void;
  const held = new Promise<void>((resolve) => (hold = resolve));
  const proxy = createServer((client) => {
    const server = createConnection(target, '127.0.0.1');
    for (const socket of [client, server]) socket.on('error', () => undefined);
    server.pipe(client).on('close', () => server.destroy());
    client.on('data', (chunk: Buffer) => {
      if (!chunk.toString().toLowerCase().includes(slowCommand)) {
        server.write(chunk);
        return;
      }
      hold();
      setTimeout(() => server.write(chunk), 100);
    });
  });
  proxies.push(proxy);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return { port: (proxy.address() as AddressInfo).port, held };
}

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

  test('is woken also when Redis hears of the wake before the wait', async () => {
    const server = await startRedis();
    const proxy = await startSlowProxy(server.port, 'bzpopmin');
    const redis = await connectReady(`redis://127.0.0.1:${proxy.port}`);
    const waiting = redis.waitForDoorbell(['bell'], longMs);
    await proxy.held;
    const begunAt = performance.now();
    await redis.wakeDoorbell();
    expect(await waiting).toBeUndefined();
    expect(performance.now() - begunAt).toBeLessThan(5000);
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
    // Far too long to help: what ends the wait is its own deadline.
    const redis = await connectReady(`redis://${server.address}`, { WORKER_REDIS_SOCKET_TIMEOUT: '300' });
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
