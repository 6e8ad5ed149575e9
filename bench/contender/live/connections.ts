import { loadConfig } from '../../../app/config/index.js';
import { createLog, type Logger } from '../../../app/log.js';
import { createMetrics, type Registry } from '../../../app/metrics.js';
import { connectRedis, type RedisConnections } from '../../../app/redis/index.js';
import { waitFor } from '../../../test/redis/support/wait-for.js';

export interface LiveConnections {
  readonly connections: RedisConnections;
  readonly log: Logger;
  readonly metrics: Registry;
}

/** As a process of the release has them, and measured as there. */
export async function openConnections(port: number): Promise<LiveConnections> {
  const config = loadConfig({ REDIS_URI: `redis://127.0.0.1:${port}`, POD_NAME: 'bench' }, 'gateway');
  const [log, metrics] = [createLog({ level: 'error' }), createMetrics()];
  const connections = connectRedis({ config, log, metrics });
  await waitFor('connections to Redis', () => connections.status().ready);
  return { connections, log, metrics };
}
