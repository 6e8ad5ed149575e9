import { describe, expect, test } from '@jest/globals';
import { judgeServer } from '../../../app/redis/server-check.js';

function info(fields: Record<string, string>): string {
  const all = {
    redis_version: '7.0.15',
    redis_mode: 'standalone',
    run_id: 'abc',
    connected_slaves: '2',
    loading: '0',
    role: 'master',
    ...fields,
  };
  return ['# Server', ...Object.entries(all).map(([name, value]) => `${name}:${value}`)].join('\r\n');
}

describe('a server is used', () => {
  test.each([
    ['Redis 7.0.15', {}],
    ['Redis 7.4.1', { redis_version: '7.4.1' }],
    ['Redis 8.0.2', { redis_version: '8.0.2' }],
    ['Redis 10.0.0', { redis_version: '10.0.0' }],
    ['Valkey 8.1.0', { redis_version: '7.2.4', server_name: 'valkey', valkey_version: '8.1.0' }],
  ])('when it is %s and primary', (version, fields) => {
    expect(judgeServer(info(fields), 'server')).toEqual({
      usable: true,
      server: { version, runId: 'abc', replicas: 2 },
    });
  });
});

describe('a server is not used', () => {
  test.each([
    ['it is Redis 6.2.14; expected Redis 7.0 or later', { redis_version: '6.2.14' }],
    ['it is Redis 4.0.9; expected Redis 7.0 or later', { redis_version: '4.0.9' }],
    ['it is a Sentinel', { redis_mode: 'sentinel' }],
    ['it is a node of a Redis Cluster; write REDIS_URI as redis+cluster://', { redis_mode: 'cluster' }],
    ['it is still loading its data', { loading: '1' }],
    ['it is not the primary (its role is slave)', { role: 'slave' }],
  ])('since %s', (reason, fields) => {
    expect(judgeServer(info(fields), 'server')).toMatchObject({
      usable: false,
      reason: expect.stringContaining(reason),
    });
  });

  test('since it is no node of the cluster that was expected', () => {
    expect(judgeServer(info({}), 'cluster')).toMatchObject({ reason: expect.stringContaining('no node of a Redis') });
    expect(judgeServer(info({ redis_mode: 'cluster' }), 'cluster')).toMatchObject({ usable: true });
  });

  test('since it does not answer like Redis', () => {
    expect(judgeServer('hello', 'server')).toEqual({ usable: false, reason: 'it does not answer INFO like Redis' });
  });
});
