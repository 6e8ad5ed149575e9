import type { FastifyInstance } from 'fastify';
import type { Registry } from '../metrics.js';
import type { Health, Readiness } from './health.js';

export interface OperationsParts {
  readonly health: Health;
  readonly registry: Registry;
  readonly poolStats: () => object;
  /** Answers the epoch of the data that are accepted. */
  readonly acceptDataLoss: () => Promise<string>;
}

/** The routes for kubelets, Prometheus and people on call. */
export function serveOperations(server: FastifyInstance, parts: OperationsParts): void {
  const { health, registry, poolStats, acceptDataLoss } = parts;
  serveVitals(server, { readiness: () => health.readiness(), report: () => health.report(), registry });

  server.get('/api/v1/redis/pool-stats', { config: { scope: 'read' } }, () => poolStats());

  server.post('/api/v1/redis/epoch/accept', { config: { scope: 'operate' } }, async () => ({
    epoch: await acceptDataLoss(),
  }));
}

export interface VitalsParts {
  readonly readiness: () => Readiness;
  /** All that there is to say, for people. */
  readonly report: () => Readiness;
  readonly registry: Registry;
}

/** What every process of the bundle serves. */
export function serveVitals(server: FastifyInstance, { readiness, report, registry }: VitalsParts): void {
  // Says only that the event loop turns: an outage of Redis must not restart pods.
  server.get('/livez', () => ({ alive: true }));

  server.get('/readyz', (_request, reply) => {
    const answer = readiness();
    return reply.code(answer.ready ? 200 : 503).send(answer);
  });

  server.get('/health', (_request, reply) => {
    const answer = report();
    return reply.code(answer.ready ? 200 : 503).send(answer);
  });

  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
