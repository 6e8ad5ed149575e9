import { describe, expect, test } from '@jest/globals';
import { defineLibrary } from '../../../app/redis/index.js';
import { connect, connectReady } from '../support/connect.js';
import { startProxy } from '../support/proxy.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

describe('when Redis does not serve for long', () => {
  test('cut off without a word, calls are refused at once after a while, and all roles come back by themselves', async () => {
    const server = await startRedis();
    const proxy = await startProxy(server.port);
    const { redis, metrics } = connect(`redis://127.0.0.1:${proxy.port}`, { WORKER_REDIS_SOCKET_TIMEOUT: '3' });
    await waitFor('connections to Redis', () => redis.status().ready);
    const bell = redis.waitForDoorbell(['bell'], 300);
    proxy.cut();
    const codes = new Set<string>();
    await waitFor('the breaker to open', async () => {
      await redis.command(['PING'], { deadlineMs: 200 }).catch((error: unknown) => {
        codes.add((error as { code: string }).code);
      });
      return redis.status().roles.command.breaker === 'open';
    });
    expect([...codes].sort()).toEqual(['deadline_exceeded', 'redis_unavailable']);
    await expect(redis.command(['PING'], { deadlineMs: 60_000 })).rejects.toMatchObject({
      code: 'redis_unavailable',
      message: expect.stringContaining('refused instead of letting it wait'),
      options: { retryAfterMs: expect.any(Number) },
    });
    expect(await metrics.metrics()).toContain('moorline_redis_breaker_open{role="command"} 1');
    expect(redis.status().roles.task.breaker).toBe('closed');
    expect(await bell).toBeUndefined();

    proxy.heal();
    await waitFor('connections to Redis', () => redis.status().ready);
    expect(redis.status().roles.command).toMatchObject({ breaker: 'closed', rttMs: { p50: expect.any(Number) } });
    expect(await redis.command(['PING'])).toEqual(Buffer.from('PONG'));
    await server.cli('ZADD', 'bell', '0', 'ring');
    expect(await redis.waitForDoorbell(['bell'], 50_000)).toBe('bell');
  });
});

describe('when Redis is full', () => {
  const library = defineLibrary(
    'full_test',
    `register('add', function(keys) return redis.call('INCR', keys[1]) end)
register('settle', function(keys) return redis.call('DEL', keys[1]) end, {'allow-oom'})`,
  );
  const add = { library, name: 'add', keys: ['key'], args: [] };
  const settle = { library, name: 'settle', keys: ['key'], args: [] };

  test('what needs room is refused here for a while, what makes room goes on, and the process stays ready', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`, { REDIS_HEALTH_CHECK_INTERVAL: '1' });
    await redis.call('command', add);
    await server.cli('CONFIG', 'SET', 'maxmemory', '1');
    const full = { code: 'quota_exceeded', options: { retryAfterMs: 5000 } };
    await expect(redis.call('command', add)).rejects.toMatchObject(full);
    expect(await redis.call('task', settle)).toBe(1);

    // Redis is not asked again at once, by neither way.
    await server.cli('CONFIG', 'SET', 'maxmemory', '0');
    await expect(redis.call('command', add)).rejects.toMatchObject(full);
    const { replies } = await redis.callDurably([settle, add], { replicas: 0, waitMs: 10 });
    expect(replies[0]).toBe(0);
    expect(replies[1]).toMatchObject(full);
    expect(redis.status()).toMatchObject({ full: true, ready: true });

    await waitFor('room', () => redis.call('command', add).catch(() => undefined));
    expect(redis.status()).toMatchObject({ full: false, ready: true });
  });
});
