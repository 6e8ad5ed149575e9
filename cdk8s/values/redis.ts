import { z } from 'zod';
import { extraConfig, extraEnv, image, persistence, resources, scheduling } from './fields.js';
import { strictSpread } from './spread.js';

/** What the start script reads; see cdk8s/bundle/redis.ts. */
export const redisEnvironment = [
  'POD_NAME',
  'REDIS_MODE',
  'REDIS_NODES',
  'SENTINEL_NODES',
  'PRIMARY_NAME',
  'CONFIG_DIR',
  'DATA_DIR',
  'RUN_DIR',
  'REDIS_PASSWORD_FILE',
  'SENTINEL_PASSWORD_FILE',
  'APP_PASSWORD_FILE',
  'REPLICATION_PASSWORD_FILE',
  'EXPORTER_PASSWORD_FILE',
  'TLS_DIR',
  'MEMORY_LIMIT_BYTES',
  'MAXMEMORY_PERCENT',
  'FORCE_PRIMARY',
  'TOPOLOGY_DIR',
] as const;

/** What redis-start.sh and the values above decide. */
const managedDirectives = [
  'port',
  'bind',
  'dir',
  'include',
  'daemonize',
  'pidfile',
  'protected-mode',
  'requirepass',
  'masterauth',
  'replicaof',
  'slaveof',
  'replica-announce-ip',
  'replica-announce-port',
  'maxmemory',
  'maxmemory-policy',
  'appendonly',
  'appendfsync',
  'min-replicas-to-write',
  'min-replicas-max-lag',
];

const bootstrap = z
  .strictObject({
    forcePrimary: z
      .int()
      .min(-1)
      .max(8)
      .default(-1)
      .describe(
        'Break the glass: the pod with this ordinal starts as primary, the others follow it. -1: nobody is forced.',
      ),
  })
  .prefault({});

export const redis = z
  .strictObject({
    replicas: z
      .int()
      .min(1)
      .max(9)
      .default(3)
      .describe('Data nodes: one primary and its replicas. Ignored in standalone mode, which has one.'),
    image: image('docker.io', 'library/redis', '8.0', 'Redis 7.0 to 8, or Valkey 8.').describe(
      'Image of Redis and Sentinel.',
    ),
    ...resources('small'),
    persistence: persistence('8Gi').describe(
      'Volumes of the data nodes. There is no mode without: a queue in memory is lost at the next rollout.',
    ),
    maxmemoryPercent: z
      .int()
      .min(10)
      .max(95)
      .default(75)
      .describe('`maxmemory` as a share of the memory limit; the rest is for buffers and forks.'),
    maxmemoryPolicy: z
      .enum([
        'noeviction',
        'allkeys-lru',
        'allkeys-lfu',
        'allkeys-random',
        'volatile-lru',
        'volatile-lfu',
        'volatile-random',
        'volatile-ttl',
      ])
      .default('noeviction')
      .describe('Only `noeviction` is accepted: any other policy drops jobs silently.'),
    appendfsync: z.enum(['always', 'everysec']).default('everysec').describe('When the append-only file goes to disk.'),
    minReplicasToWrite: z
      .int()
      .min(0)
      .max(8)
      .default(1)
      .describe('Replicas that must listen for the primary to accept writes.'),
    minReplicasMaxLag: z
      .int()
      .min(1)
      .max(3600)
      .default(10)
      .describe('Seconds after which a silent replica no longer counts.'),
    replBacklogMegabytes: z
      .int()
      .min(1)
      .max(100000)
      .default(64)
      .describe('Writes kept so that a replica which was away can catch up.'),
    terminationGracePeriodSeconds: z
      .int()
      .min(1)
      .max(3600)
      .default(60)
      .describe('Time to hand over and to stop in order; at least 40.'),
    bootstrap: bootstrap.describe('Who is primary when nothing else can tell.'),
    extraConfig: extraConfig(managedDirectives).describe(
      'More lines of `redis.conf`; what the bundle sets itself is refused.',
    ),
    extraEnv: extraEnv(redisEnvironment),
    spread: strictSpread,
    ...scheduling,
  })
  .prefault({})
  .describe('The data nodes.');
