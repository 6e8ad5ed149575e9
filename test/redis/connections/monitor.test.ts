import { describe, expect, test } from '@jest/globals';
import { connect, connectReady } from '../support/connect.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const quietRoles = ['task', 'durable', 'blocking', 'subscriber'] as const;

describe('connections that nobody uses', () => {
  test('are asked whether they are there, left when they do not answer, and made anew', async () => {
    const server = await startRedis();
    const { redis, logged } = connect(`redis://${server.address}`, {
      REDIS_HEALTH_CHECK_INTERVAL: '1',
      WORKER_REDIS_SOCKET_TIMEOUT: '1',
      MOORLINE_WAIT_REPLICAS_TIMEOUT_MS: '500',
    });
    await redis.subscribe('news', { onMessage: () => undefined });
    await waitFor('connections to Redis', () => redis.status().ready);
    server.freeze();
    await waitFor('all of them are left', () =>
      quietRoles.every((role) => redis.status().roles[role].status === 'reconnecting'),
    );
    server.thaw();
    await waitFor('connections to Redis', () => redis.status().ready);
    for (const role of quietRoles) expect(redis.status().roles[role].status).toBe('ready');
    expect(logged()).toContain('did not answer a PING');
  });

  test('cost Redis at most 15 commands a minute in all, with a doorbell and a subscription', async () => {
    const server = await startRedis();
    // All intervals a thirtieth of the defaults; a minute of those has two probes.
    const redis = await connectReady(`redis://${server.address}`, {
      REDIS_HEALTH_CHECK_INTERVAL: '1',
      WORKER_REDIS_BLOCKING_TIMEOUT: String(10 / 30),
    });
    await redis.subscribe('news', { onMessage: () => undefined });
    let stopping = false;
    const waiting = (async () => {
      while (!stopping) await redis.waitForDoorbell(['bell'], 60_000);
    })();
    await server.cli('CONFIG', 'RESETSTAT');
    const calls = await waitFor('the probes of three such minutes', async () => {
      const counts = commandCounts(await server.cli('INFO', 'commandstats'));
      return (counts.get('set') ?? 0) >= 6 && counts;
    });
    stopping = true;
    await waiting;
    const minutes = (calls.get('set') ?? 0) / 2;
    expect(calls.get('ping')).toBeGreaterThanOrEqual(minutes);
    expect(sum(calls.values())).toBeLessThanOrEqual(15 * minutes);
  });
});

/** Without those of the test itself. */
function commandCounts(commandStats: string): ReadonlyMap<string, number> {
  const all = [...commandStats.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)].map(
    ([, name = '', calls]) => [name, Number(calls)] as const,
  );
  return new Map(all.filter(([name]) => name !== 'info' && name !== 'config|resetstat'));
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}
