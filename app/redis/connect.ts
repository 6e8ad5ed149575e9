import { randomUUID } from 'node:crypto';
import type { Config } from '../config/index.js';
import type { Logger } from '../log.js';
import type { Registry } from '../metrics.js';
import { ClusterConnections } from './cluster/cluster-connections.js';
import { Connections } from './connections.js';
import { DataGuard } from './data-guard.js';
import { fixedLocator } from './primary-locator.js';
import { registerRedisMetrics } from './redis-metrics.js';
import { Sentinels } from './sentinels.js';
import type { RedisConnections } from './types.js';

export interface ConnectOptions {
  readonly config: Pick<Config, 'redis' | 'serverId' | 'pod'>;
  readonly log: Logger;
  readonly metrics: Registry;
}

/** Begins to connect and returns at once: calls wait for their connection, `status()` tells how far it is. */
export function connectRedis({ config, log, metrics: registry }: ConnectOptions): RedisConnections {
  const { redis, serverId, pod } = config;
  const { target } = redis;
  const metrics = registerRedisMetrics(registry, () => connections.status());
  // A container that starts again has the id of its pod, and marks of its own.
  const probeKey = `moorline:probe:{${serverId}}:${randomUUID()}`;
  const common = { redis, podName: pod.name, serverId, log, metrics };
  const connections =
    target.kind === 'cluster'
      ? new ClusterConnections({ ...common, seeds: target.nodes })
      : new Connections({
          ...common,
          locator:
            target.kind === 'server'
              ? fixedLocator(target.server)
              : new Sentinels(redis, target.sentinels, target.primaryName, log),
          probeKey: () => probeKey,
          guard: new DataGuard(redis.healthCheckIntervalMs, log),
        });
  return connections;
}
