import { describe, expect, test } from '@jest/globals';
import type { MoorlineError } from '../../../app/resilience/errors.js';
import { defineLibrary } from '../../../app/redis/index.js';
import { connect, connectReady } from '../support/connect.js';
import { startRedis } from '../support/redis-server.js';

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
    const failures: unknown[] = [];
    for (let round = 0; round < 30; round += 1) {
      const calls = Array.from({ length: 50 }, (_, at) => redis.call('task', add('list', `${round}-${at}`)));
      const killing = server.cli('CLIENT', 'KILL', 'TYPE', 'normal');
      const outcomes = await Promise.allSettled(calls);
      failures.push(
        ...outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : [])),
      );
      await killing;
    }
    const executed = (await server.cli('LRANGE', 'list', '0', '-1')).split('\n');
    expect(executed).toHaveLength(new Set(executed).size);
    expect(executed.length).toBeGreaterThanOrEqual(30 * 50 - failures.length);
    expect(failures.every((error) => (error as MoorlineError).code === 'redis_unavailable')).toBe(true);
  });
});
