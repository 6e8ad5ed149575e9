import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorCatalogue } from '../../../app/resilience/errors.js';
import { enqueueReceipt } from '../../../app/gateway/schemas/job.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis } from '../support/redis-server.js';

/** So many bodies are thrown at each route; more by RUNS. */
const numRuns = Number(process.env.RUNS ?? 60);

const fields = [
  'id',
  'data',
  'jobs',
  'priority',
  'max',
  'waitMs',
  'leaseMs',
  'done',
  'failed',
  'claim',
  'fence',
  'ids',
  'all',
  '__proto__',
];

/** Anything that is JSON, with a bias to what the routes look for. */
const { anyValue, nearlyJob } = fc.letrec((tie) => ({
  anyValue: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, 1, -1, 0.5, 5, '', 'a', '1', 1e300),
    fc.string({ unit: 'binary' }),
    fc.array(tie('anyValue'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string()), tie('anyValue'), { maxKeys: 6 }),
  ),
  nearlyJob: fc.record(
    { data: tie('anyValue'), id: fc.constantFrom('a', 'b', '', 7), priority: fc.integer({ min: -1, max: 10 }) },
    { requiredKeys: [] },
  ),
}));

const anyBody = fc.oneof(anyValue, nearlyJob, fc.record({ jobs: fc.array(nearlyJob, { maxLength: 3 }) }));

describe('arbitrary bodies', () => {
  let gateway: MoorlineProcess;
  let client: GatewayClient;

  beforeAll(async () => {
    const redis = await startRedis();
    gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
    client = new GatewayClient(gateway.url);
  });

  test.each(['claim', 'settle', 'pause', 'resume', 'dead/replay', 'dead/purge'])(
    'POST %s answers 200 or a documented 4xx, whatever it gets',
    async (route) => {
      await fc.assert(
        fc.asyncProperty(anyBody, async (body) => {
          // Waiting is no fault, but it takes time.
          const text = JSON.stringify(body).replaceAll(/"waitMs":\d+/g, '"waitMs":1');
          expectDocumented(await client.queue('any', route, text), 200);
        }),
        { numRuns },
      );
      expect(gateway.isRunning).toBe(true);
    },
  );

  test.each(['json', 'x-ndjson'])(
    'POST jobs as application/%s enqueues all that it answers, or nothing',
    async (subtype) => {
      let queues = 0;
      const seen = new Set<number>();
      await fc.assert(
        fc.asyncProperty(anyBody, fc.array(nearlyJob, { maxLength: 2 }), async (body, more) => {
          const queue = `${subtype}-${++queues}`;
          const text = [body, ...(subtype === 'x-ndjson' ? more : [])].map((one) => JSON.stringify(one)).join('\n');
          const answer = await client.queue(queue, 'jobs', text, {
            headers: { 'content-type': `application/${subtype}` },
          });
          expectDocumented(answer, 202);
          seen.add(answer.status);
          const counts = (await client.get(`/api/v1/queues/${queue}`)).body as unknown as Record<string, number>;
          const { jobs } = answer.status === 202 ? enqueueReceipt.parse(answer.body) : { jobs: [] };
          const written = new Set(jobs.map(({ id }) => id)).size;
          expect((counts.ready ?? 0) + (counts.delayed ?? 0)).toBe(written);
        }),
        { numRuns },
      );
      expect([...seen].sort()).toEqual([202, 400]);
      expect(gateway.isRunning).toBe(true);
    },
  );
});

function expectDocumented({ status, body }: Awaited<ReturnType<GatewayClient['post']>>, success: number): void {
  if (status === success) return;
  const { code } = body.error as { code: keyof typeof errorCatalogue };
  expect({ status, code }).toEqual({ status: errorCatalogue[code].status, code });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
}
