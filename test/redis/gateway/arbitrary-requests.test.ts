import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorCatalogue } from '../../../app/resilience/errors.js';
import { connectReady } from '../support/connect.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { brokenInvariants } from '../support/queue-state.js';
import { startRedis } from '../support/redis-server.js';

/** So many requests are sent to each route; more by RUNS. */
const numRuns = Number(process.env.RUNS ?? 30);
const timeoutMs = 60_000 + 2_000 * numRuns;

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

const names = ['a', 'b'];
const part = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...names) },
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom('..', '%', '\0', 'x'.repeat(300), 'a/b', 'ü', '{a}'),
);
const parameter = fc.oneof(fc.constantFrom('', '1', '0', '-1', '1e9', 'true', 'a'), fc.string({ unit: 'binary' }));
const body = fc.option(
  fc.oneof(
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom(
        'id',
        'ids',
        'all',
        'data',
        'jobs',
        'job',
        'limit',
        'max',
        'cron',
        'everyMs',
        'worker',
        'done',
        'schema',
      ),
      fc.jsonValue(),
      { maxKeys: 4 },
    ),
    fc.constantFrom(
      { all: true },
      { data: 1 },
      { max: 2 },
      { everyMs: 60_000, job: { data: 1 } },
      { schema: { type: 'x' } },
    ),
  ),
  { nil: undefined, freq: 6 },
);

describe('arbitrary requests', () => {
  let gateway: MoorlineProcess;
  let client: GatewayClient;
  let address: string;

  beforeAll(async () => {
    ({ address } = await startRedis());
    gateway = await startMoorline('gateway', { REDIS_URI: `redis://${address}` });
    client = new GatewayClient(gateway.url);
  });

  test(
    'to every route are answered as documented, and leave queues whole',
    async () => {
      const { paths } = (await client.get('/openapi.json')).body as unknown as {
        readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
      };
      const seen = new Set<number>();
      for (const [path, operations] of Object.entries(paths)) {
        for (const [method, { parameters = [] }] of Object.entries(operations)) {
          const queryNames = [
            'other',
            ...parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name),
          ];
          const query = fc.dictionary(fc.constantFrom(...queryNames), parameter, { maxKeys: 2 });
          await fc.assert(
            fc.asyncProperty(
              fc.array(part, { minLength: 4, maxLength: 4 }),
              query,
              body,
              async (parts, asked, sent) => {
                const filled = parts.reduce((url, one) => url.replace(/\{\w+\}/, encode(one)), path);
                const search = new URLSearchParams(asked).toString();
                const { status, body: answer } = await client.call(`${filled}${search === '' ? '' : `?${search}`}`, {
                  method: method.toUpperCase(),
                  ...(method === 'get' ? {} : { body: textOf(sent) }),
                });
                seen.add(status);
                if (status < 300) return;
                const { code } = answer.error as { code: keyof typeof errorCatalogue };
                expect({ path, status, code }).toEqual({ path, status: errorCatalogue[code].status, code });
                expect(status).toBeLessThan(500);
              },
            ),
            { numRuns },
          );
          expect(gateway.isRunning).toBe(true);
        }
      }
      expect([...seen]).toEqual(expect.arrayContaining([200, 400]));
      const redis = await connectReady(`redis://${address}`);
      for (const name of names) expect(await brokenInvariants(redis, name)).toEqual([]);
    },
    timeoutMs,
  );
});

/** Dots that stand alone would make another path of it, and lone halves of characters have no encoding. */
const encode = (text: string) => encodeURIComponent(Buffer.from(text).toString()).replaceAll('.', '%2E');

/** Waiting is no fault, but it takes time. */
const textOf = (body: unknown) =>
  body === undefined ? undefined : JSON.stringify(body).replaceAll(/"waitMs":\d+/g, '"waitMs":1');
