import { describe, expect, test } from '@jest/globals';
import { defineLibrary, type RedisConnections } from '../../../app/redis/index.js';
import { connect, connectReady } from '../support/connect.js';
import { startHighAvailability } from '../support/high-availability.js';
import { startProxy, type Proxy } from '../support/proxy.js';
import { steadyCalls } from '../support/steady-calls.js';
import { waitFor } from '../support/wait-for.js';

/** Of a single call: long enough to wait out the failover of a busy machine. */
const patient = { deadlineMs: 30_000 };

const library = defineLibrary(
  'failover_test',
  "register('add', function(keys, args) return redis.call('SADD', keys[1], unpack(args)) end)",
);

/** Writes that may be done twice, each of another id, as enqueues are. */
function idempotentWrites(redis: RedisConnections) {
  let last = 0;
  const confirmed: string[] = [];
  const write = async () => {
    const id = String((last += 1));
    const call = { library, name: 'add', keys: ['ids'], args: [id] };
    const { confirmedReplicas } = await redis.callDurably([call], { replicas: 1, waitMs: 200 }, { repeatable: true });
    if (confirmedReplicas > 0) confirmed.push(id);
  };
  return { confirmed, calls: steadyCalls(write) };
}

async function missing(redis: RedisConnections, confirmed: readonly string[]): Promise<readonly string[]> {
  const kept = new Set(((await redis.command(['SMEMBERS', 'ids'], patient)) as Buffer[]).map(String));
  return confirmed.filter((id) => !kept.has(id));
}

describe('with Sentinel', () => {
  test('a killed primary is a delay for the calls that wait, and the roles are ready on its successor', async () => {
    const ha = await startHighAvailability({ downAfterMs: 1000 });
    const redis = await connectReady(ha.uri);
    const calls = steadyCalls(() => redis.command(['INCR', 'count'], patient));
    const add = { library, name: 'add', keys: ['ids'], args: ['one'] };
    const repeated = steadyCalls(() => redis.call('task', add, { ...patient, repeatable: true }));
    await Promise.all([calls.goesOn(), repeated.goesOn()]);
    const before = await ha.primary();
    const { epoch } = redis.status();
    await before.kill();
    await waitFor('the loss to be noticed', () => !redis.status().ready);
    await calls.goesOn();
    await waitFor('all roles on another primary', () => {
      const { ready, primary } = redis.status();
      return ready && primary !== before.address;
    });
    await Promise.all([calls.stop(), repeated.stop()]);
    expect(repeated.failures).toEqual([]);
    // The replica has the same data: a failover is no loss.
    expect(redis.status().epoch).toBe(epoch);
    // Those whose connection was lost with their reply owed fail, once; all others wait.
    expect(calls.failures.map(({ message }) => message)).toEqual(
      calls.failures.length === 0 ? [] : [expect.stringContaining('may or may not have been done')],
    );
    expect(Number(await redis.command(['GET', 'count']))).toBeGreaterThanOrEqual(calls.succeeded - 50);
  });

  test('a frozen primary is left as soon as the Sentinels name another', async () => {
    const ha = await startHighAvailability({ downAfterMs: 1000 });
    // Far too long to help: what saves the calls is the announcement.
    const redis = await connectReady(ha.uri, { WORKER_REDIS_SOCKET_TIMEOUT: '300' });
    const calls = steadyCalls(() => redis.command(['INCR', 'count'], { deadlineMs: 500 }));
    const bell = redis.waitForDoorbell(['bell'], 300_000);
    const heard: string[] = [];
    await redis.subscribe('news', { onMessage: () => heard.push('message'), onGap: () => heard.push('gap') });
    await calls.goesOn();
    const before = await ha.primary();
    before.freeze();
    await waitFor('all roles on another primary', () => {
      const { ready, primary } = redis.status();
      return ready && primary !== before.address;
    });
    await calls.goesOn();
    expect(await bell).toBeUndefined();
    await waitFor('the subscription on the other primary', () => heard.length > 0);
    await redis.publish('news', 'x');
    await waitFor('the message', () => heard.length > 1);
    expect(heard).toEqual(['gap', 'message']);
    before.thaw();
    await calls.goesOn();
    expect(redis.status().primary).not.toBe(before.address);
  });

  test('a planned failover fails at most the call that is under way, and none that may be repeated', async () => {
    const ha = await startHighAvailability();
    const redis = await connectReady(ha.uri);
    const before = await ha.primary();
    const { calls: repeated, confirmed } = idempotentWrites(redis);
    await repeated.goesOn();
    const [sentinel] = ha.sentinels;
    await sentinel?.cli('SENTINEL', 'FAILOVER', ha.primaryName);
    const failures: Error[] = [];
    await waitFor('another primary', async () => {
      await redis.command(['SET', 'key', 'value'], patient).catch((error: unknown) => failures.push(error as Error));
      return redis.status().primary !== before.address;
    });
    expect(failures.length).toBeLessThanOrEqual(1);
    for (const { message } of failures) expect(message).toContain('may or may not have been done');
    await waitFor('the other roles to follow', () => redis.status().roles.task.reconnects >= 1);
    await repeated.goesOn();
    await repeated.stop();
    expect(repeated.failures).toEqual([]);
    expect(await redis.command(['SET', 'key', 'value'], patient)).toEqual(Buffer.from('OK'));
    // The former primary went on serving meanwhile, and a replica that was not told yet went on following it.
    expect(await missing(redis, confirmed)).toEqual([]);
  });

  test('calls go on when all Sentinels are gone, and a failover is followed when they are back', async () => {
    const ha = await startHighAvailability({ downAfterMs: 1000 });
    const redis = await connectReady(ha.uri);
    await Promise.all(ha.sentinels.map((sentinel) => sentinel.kill()));
    await waitFor('the loss of the Sentinels to be noticed', () => redis.status().sentinels.connected === 0);
    expect(await redis.command(['SET', 'key', 'value'])).toEqual(Buffer.from('OK'));
    expect(redis.status().ready).toBe(true);

    await Promise.all(ha.sentinels.map((sentinel) => sentinel.start()));
    const before = await ha.primary();
    await before.kill();
    await waitFor('all roles on another primary', () => {
      const { ready, primary } = redis.status();
      return ready && primary !== before.address;
    });
  });

  test('a frozen Sentinel holds nobody up', async () => {
    const ha = await startHighAvailability();
    const [first] = ha.sentinels;
    first?.freeze();
    const redis = await connectReady(ha.uri);
    expect(redis.status().sentinels).toEqual({ configured: 3, connected: 2 });
  });

  test('a primary that is cut off together with a Sentinel is left, and no role is stuck for ever', async () => {
    const ha = await startHighAvailability({ downAfterMs: 1000 });
    const redis = await connectReady(ha.uri, { WORKER_REDIS_SOCKET_TIMEOUT: '3' });
    const before = await ha.primary();
    const [sentinel] = ha.sentinels;
    before.freeze();
    sentinel?.freeze();
    await waitFor('all roles on another primary', () => {
      const { ready, primary } = redis.status();
      return ready && primary !== before.address;
    });
    await Promise.all([before.kill(), sentinel?.kill()]);
    for (const key of ['a', 'b', 'c']) {
      expect(await redis.command(['SET', key, 'value'], patient)).toEqual(Buffer.from('OK'));
    }
  });

  test('a primary cut off from all others is left by every role, and nothing that was confirmed is lost', async () => {
    let proxy: Proxy | undefined;
    const ha = await startHighAvailability({
      downAfterMs: 1000,
      seenAt: async (port) => (proxy = await startProxy(port)).port,
    });
    const redis = await connectReady(ha.uri, { WORKER_REDIS_SOCKET_TIMEOUT: '300' });
    const before = redis.status().primary;
    const { calls, confirmed } = idempotentWrites(redis);
    const bell = redis.waitForDoorbell(['bell'], 300_000);
    await redis.subscribe('news', { onMessage: () => undefined });
    await calls.goesOn();
    proxy?.cut();
    await waitFor('all roles on another primary', () => {
      const { ready, primary } = redis.status();
      return ready && primary !== before;
    });
    await calls.goesOn();
    expect(await bell).toBeUndefined();
    proxy?.heal();
    await calls.goesOn();
    await calls.stop();
    expect(redis.status().primary).not.toBe(before);
    expect(await missing(redis, confirmed)).toEqual([]);
  });

  test('the reason says when no Sentinel knows the primary', async () => {
    const ha = await startHighAvailability();
    const { redis } = connect(ha.uri.replace('/test', '/other'));
    await waitFor('the reason', () => redis.status().reason?.includes('no Sentinel says where the primary "other" is'));
    expect(redis.status().ready).toBe(false);
  });
});
