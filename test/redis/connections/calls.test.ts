import { describe, expect, test } from '@jest/globals';
import type { MoorlineError } from '../../../app/resilience/errors.js';
import { defineLibrary } from '../../../app/redis/index.js';
import { connect, connectReady } from '../support/connect.js';
import { startProxy } from '../support/proxy.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const library = defineLibrary(
  'test',
  `register('add', function(keys, args)
  redis.call('RPUSH', keys[1], unpack(args))
  return redis.call('LLEN', keys[1])
end)
register('fail', function() return redis.error_reply('ERR no luck') end)`,
);
const add = (key: string, ...args: string[]) => ({ library, name: 'add', keys: [key], args });

describe('calls to one server', () => {
  test('a call loads its library where the server lacks it, also after the server lost it', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    expect(await redis.call('task', add('list', 'a'))).toBe(1);
    await server.cli('FUNCTION', 'FLUSH');
    expect(await redis.call('task', add('list', 'b'))).toBe(2);
    expect(await server.cli('FUNCTION', 'LIST')).toContain(library.name);
  });

  test('many calls that miss the library at the same time load it once', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const lengths = await Promise.all(Array.from({ length: 200 }, () => redis.call('task', add('list', 'a'))));
    expect(lengths).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    expect(await server.cli('INFO', 'commandstats')).toMatch(/cmdstat_function\|load:calls=1,/);
  });

  test('an error of a function is an error with a code, without its arguments', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const failing = redis.call('command', { library, name: 'fail', keys: [], args: ['secret data'] });
    await expect(failing).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('no luck') });
  });

  test('replies are Buffers', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    await redis.command(['SET', 'key', Buffer.from([0, 255])]);
    expect(await redis.command(['GET', 'key'])).toEqual(Buffer.from([0, 255]));
  });

  test('calls that are made before the connection is up wait for it', async () => {
    const server = await startRedis();
    const { redis } = connect(`redis://${server.address}`);
    expect(await redis.command(['ECHO', 'early'])).toEqual(Buffer.from('early'));
  });

  test('the status names the server, the roles and, without a connection, the reason', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    expect(redis.status()).toMatchObject({
      ready: true,
      primary: server.address,
      serverVersion: expect.stringMatching(/^(Redis|Valkey) \d/),
      roles: { blocking: { configured: 1, status: 'ready', reconnects: 0 } },
    });
    expect(await server.cli('CLIENT', 'LIST')).toContain('name=moorline:test-pod:durable');
    const { redis: nowhere } = connect('redis://127.0.0.1:1');
    await expect(nowhere.command(['PING'], { deadlineMs: 300 })).rejects.toMatchObject({
      code: 'redis_unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(nowhere.status()).toMatchObject({ ready: false, reason: expect.stringContaining('127.0.0.1:1') });
  });

  test('a call whose connection is lost is not sent again', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const { executed, failures } = await callWhileKilling(server, (id) => redis.call('task', add('list', id)));
    expect(executed).toHaveLength(new Set(executed).size);
    expect(executed.length).toBeGreaterThanOrEqual(calls.rounds * calls.perRound - failures.length);
    expect(failures.every((error) => (error as MoorlineError).code === 'redis_unavailable')).toBe(true);
  });

  test('a repeatable call is sent again on the next connection, until it is answered', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const { executed, failures } = await callWhileKilling(server, (id) =>
      redis.call('task', add('list', id), { repeatable: true, deadlineMs: 30_000 }),
    );
    expect(failures).toEqual([]);
    expect(new Set(executed).size).toBe(calls.rounds * calls.perRound);
  });

  test('a repeatable call that ends every connection is given up after a few, as one that may have been done', async () => {
    const server = await startRedis();
    const proxy = await startProxy(server.port);
    const redis = await connectReady(`redis://127.0.0.1:${proxy.port}`);
    proxy.endOn('poison');
    await redis.call('task', add('list', 'fine'));
    const poison = redis.call('task', add('list', 'poison'), { repeatable: true, deadlineMs: 30_000 });
    await expect(poison).rejects.toMatchObject({
      code: 'redis_unavailable',
      message: expect.stringContaining('may or may not have been done'),
    });
    expect(redis.status().roles.task.reconnects).toBeLessThan(10);
  });
});

const calls = { rounds: 30, perRound: 50 };

/** Rounds of calls, and in the midst of each every connection is killed. */
async function callWhileKilling(
  server: RedisServer,
  call: (id: string) => Promise<unknown>,
): Promise<{ executed: readonly string[]; failures: readonly unknown[] }> {
  const failures: unknown[] = [];
  for (let round = 0; round < calls.rounds; round += 1) {
    const all = Promise.allSettled(Array.from({ length: calls.perRound }, (_, at) => call(`${round}-${at}`)));
    await server.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    failures.push(...(await all).flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])));
  }
  return { executed: (await server.cli('LRANGE', 'list', '0', '-1')).split('\n'), failures };
}
