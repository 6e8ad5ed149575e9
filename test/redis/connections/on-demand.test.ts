import { expect, test } from '@jest/globals';
import { loadConfig } from '../../../app/config/index.js';
import { Deadline } from '../../../app/resilience/deadline.js';
import { openConnection } from '../../../app/redis/connection.js';
import { Link } from '../../../app/redis/link.js';
import { OnDemandLink } from '../../../app/redis/on-demand-link.js';
import { defineLibrary } from '../../../app/redis/index.js';
import { connectReady } from '../support/connect.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const library = defineLibrary('admin_test', "register('one', function() return 1 end, {'no-writes'})");

test('the connection for large work is opened when there is some', async () => {
  const server = await startRedis();
  const redis = await connectReady(`redis://${server.address}`);
  expect(redis.status().roles.admin.status).toBe('idle');
  expect(await redis.call('admin', { library, name: 'one', keys: [], args: [] })).toBe(1);
  expect(redis.status().roles.admin.status).toBe('ready');
  expect(await server.cli('CLIENT', 'LIST')).toContain('name=moorline:test-pod:admin');
});

test('it is closed when it was not used for a while, and opened again', async () => {
  const server = await startRedis();
  const { redis } = loadConfig({ REDIS_URI: `redis://${server.address}` }, 'worker');
  const settings = { redis, name: 'rare', socketTimeoutMs: 8_000 };
  const open = () => openConnection({ host: '127.0.0.1', port: server.port }, settings);
  const link = new OnDemandLink(() => new Link('admin', open), 50);
  const ping = () => link.run((connection) => connection.send(['PING']), 4, Deadline.after(30_000));
  const isConnected = async () => (await server.cli('CLIENT', 'LIST')).includes('name=rare');

  const pings = Array.from({ length: 20 }, ping);
  expect(await Promise.all(pings)).toHaveLength(20);
  expect(link.status().status).toBe('ready');
  await waitFor('it is closed', async () => link.status().status === 'idle' && !(await isConnected()));
  expect(await ping()).toEqual(Buffer.from('PONG'));
  await link.close();
  await expect(ping()).rejects.toMatchObject({ code: 'redis_unavailable' });
  await waitFor('it is closed for good', async () => !(await isConnected()));
});
