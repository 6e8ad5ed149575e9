import { Bus } from '../bus/bus.js';
import type { Config } from '../config/index.js';
import type { Logger } from '../log.js';
import type { Registry } from '../metrics.js';
import type { Health } from '../operations/health.js';
import { version } from '../operations/version.js';
import type { RedisConnections } from '../redis/index.js';

export interface BusSurroundings {
  readonly connections: RedisConnections;
  readonly health: Health;
  readonly log: Logger;
  readonly registry: Registry;
}

/** The bus of a gateway, which is ready only while messages come through. */
export function openBus(config: Config, { connections, health, log, registry }: BusSurroundings): Bus {
  const { kind, serverId, pod, redis } = config;
  const startedAt = Date.now();
  const bus = new Bus(connections, {
    serverId,
    about: { kind, pod: pod.name, ...(pod.node === undefined ? {} : { node: pod.node }), version, startedAt },
    heartbeatMs: redis.healthCheckIntervalMs,
    log,
    metrics: registry,
  });
  health.needsToo(() => (bus.failure === undefined ? undefined : `messages do not come through: ${bus.failure}`));
  bus.answer('health', () => health.report());
  bus.start();
  return bus;
}
