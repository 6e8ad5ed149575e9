import { describe, expect, test } from '@jest/globals';
import { connect, connectReady } from '../support/connect.js';
import { startHighAvailability } from '../support/high-availability.js';
import { steadyCalls } from '../support/steady-calls.js';
import { waitFor } from '../support/wait-for.js';

/** Of a single call: long enough to wait out the failover of a busy machine. */
const patient = { deadlineMs: 30_000 };

describe('with Sentinel', () => {
  test('a killed primary is a delay for the calls that wait, and the roles are ready on its successor', async () => {
    const ha = await startHighAvailability({ downAfterMs: 1000 });
    const redis = await connectReady(ha.uri);
    const calls = steadyCalls(() => redis.command(['INCR', 'count'], patient));
    await calls.goesOn();
    const before = await ha.primary();
    const { epoch } = redis.status();
    await before.kill();
    await waitFor('the loss to be noticed', () => !redis.status().ready);
    await calls.goesOn();
    await waitFor('all roles on another primary', () => {
      const { ready, primary } = redis.status();
      return ready && primary !== before.address;
    });
    await calls.stop();
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
    await calls.goesOn();
    const before = await ha.primary();
    before.freeze();
    await waitFor('all roles on another primary', () => {
      const { ready, primary } = redis.status();
      return ready && primary !== before.address;
    });
    await calls.goesOn();
    expect(await bell).toBeUndefined();
    before.thaw();
    await calls.goesOn();
    expect(redis.status().primary).not.toBe(before.address);
  });

  test('a planned failover fails at most the call that is under way', async () => {
    const ha = await startHighAvailability();
    const redis = await connectReady(ha.uri);
    const before = await ha.primary();
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
    expect(await redis.command(['SET', 'key', 'value'], patient)).toEqual(Buffer.from('OK'));
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

  test('the reason says when no Sentinel knows the primary', async () => {
    const ha = await startHighAvailability();
    const { redis } = connect(ha.uri.replace('/test', '/other'));
    await waitFor('the reason', () => redis.status().reason?.includes('no Sentinel says where the primary "other" is'));
    expect(redis.status().ready).toBe(false);
  });
});
