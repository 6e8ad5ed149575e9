import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** Observes how long each request took, by route (never by path, which clients choose) and status. */
export function measureRequests(server: FastifyInstance, registry: Registry): void {
  const seconds = new Histogram({
    name: 'moorline_http_request_seconds',
    help: 'Time from request to answer; claims wait for work within it',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const labels = { method: request.method, route, status: reply.statusCode };
    seconds.observe(labels, reply.elapsedTime / 1_000);
    request.log.debug({ ...labels, ms: Math.round(reply.elapsedTime) }, 'request answered');
    done();
  });
}
