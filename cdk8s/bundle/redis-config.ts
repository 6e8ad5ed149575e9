import { helper, lines, spread, when } from '../template/index.js';
import { isSentinelMode, v } from './inputs.js';

/**
 * The lines of redis.conf that do not depend on the pod. What does (port, announced address, whom to follow,
 * passwords, maxmemory) is written by cdk8s/scripts/redis-start.sh, which includes this file.
 */
export const redisConfig = helper(
  'moorline.redis.conf',
  lines(
    '# Durability: an append-only file; snapshots would only add forks.',
    'appendonly yes',
    `appendfsync ${v.redis.appendfsync}`,
    'save ""',
    '# A queue must refuse new jobs rather than drop old ones.',
    `maxmemory-policy ${v.redis.maxmemoryPolicy}`,
    '# Replication: straight from memory, at once, and enough backlog for a node that was away.',
    'repl-diskless-sync yes',
    'repl-diskless-sync-delay 0',
    `repl-backlog-size ${v.redis.replBacklogMegabytes}mb`,
    '# A replica that knocks at the address of a pod which has just gone is never answered, and knocks again only after this: by default a minute.',
    'repl-ping-replica-period 5',
    'repl-timeout 15',
    when(isSentinelMode, [
      '# A primary that lost its replicas stops accepting writes.',
      `min-replicas-to-write ${v.redis.minReplicasToWrite}`,
      `min-replicas-max-lag ${v.redis.minReplicasMaxLag}`,
    ]),
    '# Ids of finished jobs expire by the million: not in one go.',
    'lazyfree-lazy-expire yes',
    '# Leases come and go by the hundred: found by their hash, not by walking a list.',
    'zset-max-listpack-entries 8',
    'hash-max-listpack-entries 8',
    '# Dead peers are noticed; idle ones are left alone.',
    'tcp-keepalive 30',
    'timeout 0',
    'shutdown-timeout 10',
    spread(v.redis.extraConfig),
  ),
);
