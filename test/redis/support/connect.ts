import { afterEach } from '@jest/globals';
import { Writable } from 'node:stream';
import { loadConfig } from '../../../app/config/index.js';
import { createLog } from '../../../app/log.js';
import { createMetrics, type Registry } from '../../../app/metrics.js';
import { connectRedis, type RedisConnections } from '../../../app/redis/index.js';
import { waitFor } from './wait-for.js';

const opened = new Set<RedisConnections>();

// Registered by the import alone: connections end with their test, also when it fails half-way.
afterEach(async () => {
  await Promise.all([...opened].map((connections) => connections.close()));
  opened.clear();
});

export interface TestConnections {
  readonly redis: RedisConnections;
  readonly metrics: Registry;
  /** Everything that was logged, at the level `trace`. */
  readonly logged: () => string;
}

/** Connections as a worker has them, by the environment that a user would set; not necessarily ready yet. */
export function connect(uri: string, env: Readonly<Record<string, string>> = {}): TestConnections {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const metrics = createMetrics();
  const config = loadConfig({ REDIS_URI: uri, POD_NAME: 'test-pod', ...env }, 'worker');
  const redis = connectRedis({ config, log: createLog({ level: 'trace', destination }), metrics });
  opened.add(redis);
  return { redis, metrics, logged: () => lines.join('') };
}

/** The same, once all of it is ready. */
export async function connectReady(uri: string, env?: Readonly<Record<string, string>>): Promise<RedisConnections> {
  const { redis } = connect(uri, env);
  await waitFor('connections to Redis', () => redis.status().ready);
  return redis;
}
