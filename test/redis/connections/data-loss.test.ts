import { describe, expect, test } from '@jest/globals';
import { connect, connectReady } from '../support/connect.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const data_lost = { code: 'data_lost', retryable: true, message: expect.stringContaining('moorline epoch accept') };

describe('a Redis that has lost its data', () => {
  test('is refused by whoever knew them, whoever else has used it since, until the loss is accepted', async () => {
    const server = await startRedis();
    const { redis, metrics } = connect(`redis://${server.address}`);
    await waitFor('connections to Redis', () => redis.status().ready);
    const { epoch } = redis.status();
    await server.kill();
    await server.start();
    await waitFor('the loss to be noticed', () => redis.status().dataLost);
    expect(redis.status()).toMatchObject({ ready: false, reason: expect.stringContaining('its data are gone') });
    await expect(redis.command(['SET', 'key', 'value'], { deadlineMs: 60_000 })).rejects.toMatchObject(data_lost);
    await expect(redis.callDurably([], { replicas: 0, waitMs: 1 })).rejects.toMatchObject(data_lost);
    expect(await metrics.metrics()).toContain('moorline_redis_data_lost 1');

    // A process that is new cannot know.
    const fresh = await connectReady(`redis://${server.address}`);
    await waitFor('the other data to be noticed', () => redis.status().reason?.includes('its data are others'));
    expect(await server.cli('EXISTS', 'key')).toBe('0');

    const accepted = await fresh.acceptDataLoss();
    await waitFor('it goes on', () => redis.status().ready);
    expect([redis.status().epoch, fresh.status().epoch]).toEqual([accepted, accepted]);
    expect(accepted).not.toBe(epoch);
    expect(await redis.command(['SET', 'key', 'value'])).toEqual(Buffer.from('OK'));
    expect(redis.status().dataLost).toBe(false);
  });

  test('is left when it was emptied under its connections, and served again when the data are back', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`, { REDIS_HEALTH_CHECK_INTERVAL: '1' });
    const { epoch = '' } = redis.status();
    await server.cli('FLUSHALL');
    await waitFor('the loss to be noticed', () => redis.status().dataLost);
    await expect(redis.command(['PING'])).rejects.toMatchObject(data_lost);
    await server.cli('SET', 'moorline:epoch', epoch);
    await waitFor('it goes on', () => redis.status().ready);
  });

  test('is noticed also when the server has older data of the same name', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const mark = (await server.cli('KEYS', 'moorline:probe:*')).trim();
    await server.cli('SET', mark, '-100000');
    await server.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    await waitFor('the loss to be noticed', () => redis.status().reason?.includes('its data are from before'));
    await redis.acceptDataLoss();
    await waitFor('it goes on', () => redis.status().ready);
  });

  test('is not taken for one that comes back with its data', async () => {
    const server = await startRedis({ args: ['--appendonly', 'yes'] });
    const redis = await connectReady(`redis://${server.address}`);
    const { epoch } = redis.status();
    await server.kill();
    await server.start();
    await waitFor('connections to Redis', () => redis.status().ready);
    expect(redis.status().epoch).toBe(epoch);
  });
});
