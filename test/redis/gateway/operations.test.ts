import { Agent, get } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

describe('operations of a gateway', () => {
  let redis: RedisServer;
  let gateway: MoorlineProcess;
  let anonymous: GatewayClient;

  beforeAll(async () => {
    redis = await startRedis({ password: 'redis-secret' });
    gateway = await startMoorline('gateway', {
      REDIS_URI: `redis://${redis.address}`,
      REDIS_PASSWORD: 'redis-secret',
      MOORLINE_TOKEN: 'api-secret',
      MOORLINE_LOG_LEVEL: 'trace',
      SERVER_ID: 'server-1',
      POD_NAME: 'pod-1',
    });
    anonymous = new GatewayClient(gateway.url);
    await waitFor('it is ready', async () => (await anonymous.get('/readyz')).status === 200);
  });

  test('probes, metrics and the description of the API ask for no token', async () => {
    expect((await anonymous.get('/livez')).body).toEqual({ alive: true });
    expect((await anonymous.get('/readyz')).body).toEqual({ ready: true });
    expect((await anonymous.get('/health')).body).toMatchObject({
      ready: true,
      server: { kind: 'gateway', serverId: 'server-1', podName: 'pod-1' },
      redis: { ready: true },
    });
    expect((await anonymous.get('/openapi.json')).status).toBe(200);
  });

  test('the pool statistics have the names that operators know', async () => {
    expect((await anonymous.get('/api/v1/redis/pool-stats')).status).toBe(401);
    const { body } = await new GatewayClient(gateway.url, 'api-secret').get('/api/v1/redis/pool-stats');
    expect(body).toMatchObject({
      max_connections: 50,
      created_connections: expect.any(Number),
      available_connections: expect.any(Number),
      in_use_connections: expect.any(Number),
      lanes: { command: { status: 'ready' } },
    });
  });

  test('metrics tell requests by route and status, and what queues hold', async () => {
    const client = new GatewayClient(gateway.url, 'api-secret');
    await client.queue('measured', 'jobs', { jobs: [{ data: 1 }, { data: 2, delayMs: 60_000 }] });
    await client.queue('measured', 'claim', {});
    const { text } = await anonymous.get('/metrics');
    for (const line of [
      'moorline_jobs_enqueued_total{queue="measured",status="queued"} 1',
      'moorline_jobs_enqueued_total{queue="measured",status="delayed"} 1',
      'moorline_jobs_claimed_total{queue="measured"} 1',
      'moorline_queue_leased_jobs{queue="measured"} 1',
      'moorline_queue_ready_jobs{queue="measured"} 0',
      'moorline_http_request_seconds_count{method="POST",route="/api/v1/queues/:queue/claim",status="200"} 1',
    ]) {
      expect(text).toContain(line);
    }
  });

  test('each answer has a request id of its own', async () => {
    const ids = await Promise.all([1, 2].map(async () => (await anonymous.get('/livez')).headers.get('x-request-id')));
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('the API description names every route, with the schemas that its references name', async () => {
    const { text } = await anonymous.get('/openapi.json');
    const document = JSON.parse(text) as { paths: Record<string, object>; components: { schemas: object } };
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'delete /api/v1/queues/{queue}/jobs/{id}',
      'delete /api/v1/queues/{queue}/schedules/{name}',
      'delete /api/v1/tasks/{id}',
      'get /api/v1/queues',
      'get /api/v1/queues/{queue}',
      'get /api/v1/queues/{queue}/dead',
      'get /api/v1/queues/{queue}/dead/audit',
      'get /api/v1/queues/{queue}/dead/groups',
      'get /api/v1/queues/{queue}/jobs/{id}',
      'get /api/v1/queues/{queue}/schedules',
      'get /api/v1/queues/{queue}/schedules/{name}',
      'get /api/v1/queues/{queue}/settings',
      'get /api/v1/servers',
      'get /api/v1/servers/{serverId}',
      'get /api/v1/streams/{stream}',
      'get /api/v1/tasks/{id}',
      'get /api/v1/topics/{topic}',
      'get /api/v1/workers',
      'post /api/v1/queues/{queue}/claim',
      'post /api/v1/queues/{queue}/dead/purge',
      'post /api/v1/queues/{queue}/dead/replay',
      'post /api/v1/queues/{queue}/drain',
      'post /api/v1/queues/{queue}/empty',
      'post /api/v1/queues/{queue}/jobs',
      'post /api/v1/queues/{queue}/keys/{key}/pause',
      'post /api/v1/queues/{queue}/keys/{key}/resume',
      'post /api/v1/queues/{queue}/pause',
      'post /api/v1/queues/{queue}/resume',
      'post /api/v1/queues/{queue}/settle',
      'post /api/v1/servers/{serverId}/messages',
      'post /api/v1/streams/{stream}/chunks',
      'post /api/v1/tasks',
      'post /api/v1/topics/{topic}/messages',
      'put /api/v1/queues/{queue}/schedules/{name}',
      'put /api/v1/queues/{queue}/settings',
    ]);
    const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(references));
  });

  test('secrets are in no answer and in no line of the log', async () => {
    const answers = await Promise.all(['/health', '/metrics', '/openapi.json'].map((path) => anonymous.get(path)));
    await new GatewayClient(gateway.url, 'api-secret').queue('q', 'jobs', '{"data"');
    const told = [...answers.map(({ text }) => text), gateway.log].join('\n');
    expect(told).not.toMatch(/redis-secret|api-secret/);
  });
});

describe('a gateway without Redis', () => {
  test('listens and says why it is not ready, refuses with 503, and serves once Redis is there', async () => {
    const port = await freePort();
    const gateway = await startMoorline('gateway', { REDIS_URI: `redis://127.0.0.1:${port}` });
    const client = new GatewayClient(gateway.url);
    expect((await client.get('/livez')).status).toBe(200);
    const readiness = await client.get('/readyz');
    expect([readiness.status, readiness.body]).toEqual([503, { ready: false, reason: expect.stringMatching(/./) }]);

    const refused = await client.queue('q', 'jobs', { data: 1 });
    expect(refused.status).toBe(503);
    expect(refused.body.error).toMatchObject({ code: 'redis_unavailable', retryable: true });
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);

    await startRedis({ port });
    await waitFor('it is ready', async () => (await client.get('/readyz')).status === 200);
    expect((await client.queue('q', 'jobs', { data: 1 })).status).toBe(202);
  });
});

describe('stopping a gateway', () => {
  test('ends waiting claims with an empty list, finishes, and exits with 0', async () => {
    const redis = await startRedis();
    const gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
    const client = new GatewayClient(gateway.url);
    // A connection that is kept open must not hold the process up.
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) =>
      get(`${gateway.url}/livez`, { agent }, (answer) => answer.resume().on('end', resolve)),
    );

    const waiting = client.queue('q', 'claim', { waitMs: 60_000 });
    await waitFor('the claim waits', async () => /in_flight.*blocking"} 1/.test((await client.get('/metrics')).text));
    const signalledAt = performance.now();
    gateway.signal('SIGTERM');
    expect((await waiting).body).toEqual({ jobs: [] });
    expect(await gateway.exit()).toBe(0);
    // Far from the 20 s after which it would be ended by force.
    expect(performance.now() - signalledAt).toBeLessThan(10_000);
    agent.destroy();
  });

  test('goes on serving while requests still come to it, each on a connection that then ends', async () => {
    const redis = await startRedis();
    const gateway = await startMoorline('gateway', {
      REDIS_URI: `redis://${redis.address}`,
      MOORLINE_DRAIN_MS: '3000',
    });
    const client = new GatewayClient(gateway.url);
    await waitFor('it is ready', async () => (await client.get('/readyz')).status === 200);
    expect((await client.get('/livez')).headers.get('connection')).toBe('keep-alive');
    const signalledAt = performance.now();
    gateway.signal('SIGTERM');
    await waitFor('it knows that it stops', async () => (await client.get('/readyz')).status === 503);
    const accepted = await client.queue('q', 'jobs', { data: 1 });
    expect([accepted.status, accepted.headers.get('connection')]).toEqual([202, 'close']);
    expect(await gateway.exit()).toBe(0);
    expect(performance.now() - signalledAt).toBeGreaterThanOrEqual(3000);
  });
});
