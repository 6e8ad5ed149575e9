/** The lines of redis.conf that the bundle writes. */
export const redisLines = [
  'appendonly yes',
  'appendfsync everysec',
  'save ""',
  'repl-backlog-size 64mb',
  'repl-diskless-sync yes',
  'repl-diskless-sync-delay 0',
  'repl-ping-replica-period 5',
  'repl-timeout 15',
  'min-replicas-to-write 1',
  'min-replicas-max-lag 10',
  'maxmemory-policy noeviction',
  'tcp-keepalive 30',
  'shutdown-timeout 10',
];

/** The lines of sentinel.conf that the bundle writes. */
export const sentinelLines = [
  'sentinel deny-scripts-reconfig yes',
  'sentinel resolve-hostnames no',
  'sentinel announce-hostnames no',
];
