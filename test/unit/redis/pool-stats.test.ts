import { expect, test } from '@jest/globals';
import { poolStats, type RoleStatus } from '../../../app/redis/index.js';

const role = (status: RoleStatus['status'], inFlight: number): RoleStatus => ({
  configured: 1,
  status,
  inFlight,
  queuedBytes: 0,
  reconnects: 0,
});

test('open connections are idle or in use, and one to a Sentinel always listens', () => {
  const roles = {
    command: role('ready', 0),
    task: role('ready', 3),
    durable: role('reconnecting', 5),
    disk: role('idle', 0),
    blocking: role('ready', 1),
    replies: role('idle', 0),
    subscriber: role('idle', 0),
    admin: role('idle', 0),
  };
  const status = {
    ready: false,
    maxConnections: 30,
    full: false,
    dataLost: false,
    roles,
    sentinels: { configured: 3, connected: 2 },
  };
  expect(poolStats(status)).toEqual({
    max_connections: 30,
    created_connections: 5,
    available_connections: 1,
    in_use_connections: 4,
    lanes: roles,
  });
});
