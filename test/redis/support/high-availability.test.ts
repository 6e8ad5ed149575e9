import { describe, expect, test } from '@jest/globals';
import { startHighAvailability } from './high-availability.js';
import { startRedis } from './redis-server.js';
import { waitFor } from './wait-for.js';

describe('servers for tests', () => {
  test('a killed server starts again on its port', async () => {
    const server = await startRedis({
      password: 'a "quoted\\ pass word',
      args: ['--appendonly', 'yes', '--appendfsync', 'always'],
    });
    await server.cli('SET', 'key', 'value');
    await server.kill();
    await server.start();
    expect(await server.cli('GET', 'key')).toBe('value');
    await server.stop();
  });

  test('a killed primary is replaced by one of its replicas', async () => {
    const redis = await startHighAvailability({ downAfterMs: 1000, password: 'secret', sentinelPassword: 'other' });
    const before = await redis.primary();
    expect(before).toBe(redis.nodes[0]);
    await before.kill();
    const after = await waitFor('another primary', async () => {
      const primary = await redis.primary();
      return primary !== before && primary;
    });
    expect(await after.cli('SET', 'key', 'value')).toBe('OK');
    await redis.stop();
  });
});
