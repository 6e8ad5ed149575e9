import { accessSync, constants } from 'node:fs';
import type { Values } from './read-environment.js';
import type { RedisTarget } from './redis-uri.js';
import type { Config } from './types.js';

/**
 * One for each role (command, task, durable, disk, blocking, replies, subscriber, admin), and one for each Sentinel. Each primary of a
 * cluster needs as many; how many there are is not known here.
 */
export function connectionsNeeded(target: RedisTarget): number {
  return 8 + (target.kind === 'sentinel' ? target.sentinels.length : 0);
}

/** What each variable alone allows and all together do not; one line for each. */
export function contradictions(config: Config, values: Values): string[] {
  return [
    ...tooFewConnections(config),
    ...waitOutlastsSocket(config),
    ...crossedBounds(config),
    ...drainOutlastsGrace(config),
    ...tlsProblems(config, values),
    ...httpTlsProblems(values),
  ];
}

function tooFewConnections({ kind, redis }: Config): string[] {
  const name = kind === 'worker' ? 'WORKER_REDIS_MAX_CONNECTIONS' : 'REDIS_MAX_CONNECTIONS';
  const needed = connectionsNeeded(redis.target);
  return redis.maxConnections >= needed
    ? []
    : [`${name}: expected at least ${needed} (one for each role and each Sentinel), got ${redis.maxConnections}`];
}

function crossedBounds({ worker: { concurrency } }: Config): string[] {
  return typeof concurrency === 'number' || concurrency.min <= concurrency.max
    ? []
    : [
        `MOORLINE_WORKER_MIN_CONCURRENCY: expected at most MOORLINE_WORKER_MAX_CONCURRENCY (${concurrency.max}), ` +
          `got ${concurrency.min}`,
      ];
}

/** The process would be ended before it begins to finish what it has begun. */
function drainOutlastsGrace({ kind, http: { drainMs }, shutdownGraceMs }: Config): string[] {
  return kind === 'worker' || drainMs === 0 || drainMs < shutdownGraceMs
    ? []
    : [`MOORLINE_DRAIN_MS: expected less than MOORLINE_SHUTDOWN_GRACE_MS (${shutdownGraceMs} ms), got ${drainMs}`];
}

/** A connection that waits for replicas is silent meanwhile. */
function waitOutlastsSocket({ kind, queue, redis }: Config): string[] {
  const name = kind === 'worker' ? 'WORKER_REDIS_SOCKET_TIMEOUT' : 'REDIS_SOCKET_TIMEOUT';
  return queue.waitReplicasTimeoutMs < redis.socketTimeoutMs
    ? []
    : [
        `MOORLINE_WAIT_REPLICAS_TIMEOUT_MS: expected less than ${name} (${redis.socketTimeoutMs} ms), ` +
          `got ${queue.waitReplicasTimeoutMs}: connections would be dropped while they wait`,
      ];
}

function tlsProblems({ redis }: Config, values: Values): string[] {
  const files = ['REDIS_TLS_CA_FILE', 'REDIS_TLS_CERT_FILE', 'REDIS_TLS_KEY_FILE'] as const;
  const set = [...files, 'REDIS_TLS_SERVERNAME' as const].filter((name) => values[name] !== undefined);
  if (redis.tls === undefined) {
    return set.map((name) => `${name}: expected a REDIS_URI with rediss, got one without TLS`);
  }
  return [
    ...unpaired(values, 'REDIS_TLS_CERT_FILE', 'REDIS_TLS_KEY_FILE'),
    ...files.flatMap((name) => unreadable(name, values[name])),
  ];
}

function httpTlsProblems(values: Values): string[] {
  const files = ['MOORLINE_TLS_CERT_FILE', 'MOORLINE_TLS_KEY_FILE'] as const;
  return [...unpaired(values, ...files), ...files.flatMap((name) => unreadable(name, values[name]))];
}

type FileName = Extract<keyof Values, `${string}_FILE`>;

/** A certificate is of no use without its key, and the other way round. */
function unpaired(values: Values, certificate: FileName, key: FileName): string[] {
  if ((values[certificate] === undefined) === (values[key] === undefined)) return [];
  const [missing, present] = values[key] === undefined ? [key, certificate] : [certificate, key];
  return [`${missing}: required with ${present}`];
}

function unreadable(name: string, file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    accessSync(file, constants.R_OK);
    return [];
  } catch (error) {
    return [
      `${name}: expected a readable file, got ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    ];
  }
}
