import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/index.js';
import { createLog, type Logger } from '../log.js';
import { createMetrics, type Registry } from '../metrics.js';
import { RedisQueues } from '../queue/queues.js';
import { ShardedQueues } from '../queue/sharding/sharded-queues.js';
import type { Queues } from '../queue/types.js';
import { connectRedis, poolStats, type RedisConnections } from '../redis/index.js';
import { Health } from './health.js';
import { createHttpServer } from './http-server.js';
import { serveOperations } from './routes.js';
import type { FindCaller } from './tokens/tokens.js';
import { openTokens } from './tokens/open-tokens.js';

/** What gateway and worker have in common. */
export interface Foundation {
  readonly registry: Registry;
  readonly queues: Queues;
  readonly connections: RedisConnections;
  /** Serves the operations routes; not listening yet. */
  readonly server: FastifyInstance;
  readonly health: Health;
  /** Left out where no token is asked for. */
  readonly findCaller?: FindCaller;
  /** Says where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly listen: () => Promise<string>;
  /** Finishes the requests under way, then lets go of Redis. */
  readonly close: () => Promise<void>;
}

/** Nothing here waits for Redis: pods start in any order, and this one listens and is not ready meanwhile. */
export function layFoundation(config: Config, log: Logger, stopping: AbortSignal): Foundation {
  const tokens = openTokens(config, log);
  const registry = createMetrics();
  const connections = connectRedis({ config, log, metrics: registry });
  const unsharded = new RedisQueues(connections, {
    durability: config.redis.target.kind === 'server' ? 'memory' : 'replicated',
    doneWindowMs: config.queue.doneWindowMs,
    waitReplicasTimeoutMs: config.queue.waitReplicasTimeoutMs,
    doorbellBlockMs: config.redis.blockingTimeoutMs,
    metrics: registry,
  });
  const queues = new ShardedQueues(unsharded, connections);
  const identity = {
    kind: config.kind,
    serverId: config.serverId,
    podName: config.pod.name,
    nodeName: config.pod.node,
  };
  const health = new Health(identity, () => connections.status(), stopping);
  const server = createHttpServer({
    log,
    registry,
    findCaller: tokens.findCaller,
    tls: config.http.tls,
    stopping,
  });
  serveOperations(server, {
    registry,
    health,
    poolStats: () => poolStats(connections.status()),
    acceptDataLoss: () => connections.acceptDataLoss(),
  });
  const close = async (): Promise<void> => {
    await server.close();
    tokens.close();
    await queues.close();
    await connections.close();
  };
  const listen = async (): Promise<string> => {
    try {
      return await server.listen({ host: config.http.host, port: config.http.port });
    } catch (error) {
      // What is open would keep a process alive that never came to serve.
      await close();
      throw error;
    }
  };
  return { registry, queues, connections, server, health, findCaller: tokens.findCaller, listen, close };
}

export const createProcessLog = ({ log, kind, serverId, pod }: Config): Logger =>
  createLog({ level: log.level, fields: { kind, serverId, pod: pod.name } });
