import type { FastifyInstance } from 'fastify';
import type { Registry } from '../metrics.js';
import type { Health } from './health.js';

export interface OperationsParts {
  readonly health: Health;
  readonly registry: Registry;
  readonly poolStats: () => object;
  /** Answers the epoch of the data that are accepted. */
  readonly acceptDataLoss: () => Promise<string>;
}

/** The routes for kubelets, Prometheus and people on call. */
export function serveOperations(
  server: FastifyInstance,
  { health, registry, poolStats, acceptDataLoss }: OperationsParts,
): void {
  // Says only that the event loop turns: an outage of Redis must not restart pods.
  server.get('/livez', () => ({ alive: true }));

  server.get('/readyz', (_request, reply) => {
    const readiness = health.readiness();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });

  server.get('/health', (_request, reply) => {
    const report = health.report();
    return reply.code(report.ready ? 200 : 503).send(report);
  });

  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));

  server.get('/api/v1/redis/pool-stats', () => poolStats());

  server.post('/api/v1/redis/epoch/accept', async () => ({ epoch: await acceptDataLoss() }));
}
