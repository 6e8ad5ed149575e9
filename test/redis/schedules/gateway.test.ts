import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scheduleList, scheduleView } from '../../../app/gateway/schemas/schedule.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline } from '../support/moorline-process.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const entry = fileURLToPath(new URL('../../../app/main.js', import.meta.url));
const path = '/api/v1/queues/reports/schedules';

describe('schedules of two gateways', () => {
  let clients: readonly [GatewayClient, GatewayClient];

  beforeAll(async () => {
    const redis = await startRedis();
    const start = async () =>
      new GatewayClient((await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` })).url);
    clients = [await start(), await start()];
  });

  const put = (name: string, body: unknown, client = clients[0]) =>
    client.call(`${path}/${name}`, { method: 'PUT', body });

  test('over HTTP: put, shown, listed, removed', async () => {
    const definition = { cron: '0 3 * * *', timeZone: 'Europe/Berlin', job: { data: { kind: 'daily' } } };
    const answer = await put('nightly', definition);
    expect(answer.status).toBe(200);
    scheduleView.parse(answer.body);
    const shown = await clients[1].get(`${path}/nightly`);
    expect(shown.body).toMatchObject({ ...definition, name: 'nightly', runs: 0, nextRunAt: expect.any(Number) });
    const list = await clients[1].get(`${path}?limit=10`);
    expect(scheduleList.parse(list.body).schedules).toMatchObject([{ name: 'nightly' }]);
    expect((await clients[1].call(`${path}/nightly`, { method: 'DELETE' })).status).toBe(200);
    expect((await clients[0].get(`${path}/nightly`)).status).toBe(404);
    expect((await clients[0].call(`${path}/nightly`, { method: 'DELETE' })).body.error.code).toBe('not_found');
  });

  test('a run makes one job', async () => {
    await put('tick', { everyMs: 1_000, limit: 3, job: { data: 1 } }, clients[1]);
    const view = await waitFor('its runs are over', async () => {
      const { runs } = scheduleView.parse((await clients[0].get(`${path}/tick`)).body);
      return runs === 3 && (await clients[0].get('/api/v1/queues/reports')).body;
    });
    expect(view).toMatchObject({ ready: 3, totals: { enqueued: 3 } });
  });

  test('by the command line', async () => {
    const moorline = async (...args: readonly string[]) =>
      (
        await promisify(execFile)(process.execPath, [entry, 'schedule', ...args], {
          env: { PATH: process.env.PATH, MOORLINE_URL: clients[0].url },
        })
      ).stdout;
    const set = ['set', 'mail', 'digest', '{"to": "all"}', '--cron', '0 9 * * 1', '--start-at', '2090-01-02T00:00:00Z'];
    expect(JSON.parse(await moorline(...set, '--json'))).toMatchObject({
      nextRunAt: Date.parse('2090-01-02T09:00:00Z'),
    });
    expect(await moorline('list', 'mail')).toMatch(/digest +0 9 \* \* 1 +2090-01-02T09:00:00.000Z +0\n$/);
    expect(JSON.parse(await moorline('show', 'mail', 'digest'))).toMatchObject({ job: { data: { to: 'all' } } });
    await moorline('remove', 'mail', 'digest');
    await expect(moorline('show', 'mail', 'digest')).rejects.toMatchObject({ code: 1 });
  });

  test('whatever is put is kept or refused by name, and never an error of the server', async () => {
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.record(
        {
          cron: fc.oneof(fc.constantFrom('* * * * *', '@daily', '0 0 31 2 *'), fc.string()),
          timeZone: fc.oneof(fc.constantFrom('UTC', 'Asia/Tokyo'), fc.string()),
          everyMs: fc.oneof(fc.integer(), fc.double()),
          startAt: fc.oneof(fc.maxSafeNat(), fc.integer()),
          endAt: fc.maxSafeNat(),
          limit: fc.integer({ min: -1, max: 5 }),
          paused: fc.boolean(),
          job: fc.record({ data: fc.jsonValue({ maxDepth: 1 }), priority: fc.integer({ min: -1, max: 11 }) }),
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (body) => {
        const answer = await put('any', body);
        expect([200, 400]).toContain(answer.status);
        if (answer.status === 200) scheduleView.parse(answer.body);
      }),
      { numRuns: Number(process.env.RUNS ?? 100) },
    );
  });
});
