import { beforeAll, describe, expect, test } from '@jest/globals';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

describe('the metrics of a gateway', () => {
  let redis: RedisServer;
  let client: GatewayClient;

  beforeAll(async () => {
    redis = await startRedis();
    const gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
    client = new GatewayClient(gateway.url);
  });

  const metrics = async () => (await client.get('/metrics')).text;
  const valueOf = (text: string, series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.slice(series.length + 1) ?? Number.NaN,
    );

  test('tell what became of jobs, how long they stood in line and what that cost Redis', async () => {
    await client.call('/api/v1/queues/told/settings', { method: 'PUT', body: { schema: { type: 'number' } } });
    await client.queue('told', 'jobs', { jobs: [{ data: 1 }, { data: 2 }, { data: 'wrong' }] });
    const { jobs } = (await client.queue('told', 'claim', { max: 2 })).body;
    const [first, second] = jobs;
    const failed = [{ ...delivery(second), error: { message: 'no' }, retryAfterMs: 0 }];
    await client.queue('told', 'settle', { done: [delivery(first)], failed });
    await waitFor('the second attempt', async () => (await client.queue('told', 'claim', {})).body.jobs.length === 1);

    const text = await metrics();
    const expected: Record<string, number> = {
      'moorline_queue_leased_jobs{queue="told"}': 1,
      'moorline_queue_dead_jobs{queue="told"}': 1,
      'moorline_queue_lifetime_jobs{queue="told",event="enqueued"}': 3,
      'moorline_queue_lifetime_jobs{queue="told",event="done"}': 1,
      'moorline_queue_lifetime_jobs{queue="told",event="failed"}': 1,
      'moorline_queue_lifetime_dead_jobs{queue="told",reason="invalid"}': 1,
      'moorline_queue_lifetime_dead_jobs{queue="told",reason="failed"}': 0,
      'moorline_queue_attempts_total{queue="told",attempt="1"}': 2,
      'moorline_queue_attempts_total{queue="told",attempt="2"}': 1,
      'moorline_queue_wait_seconds_count{queue="told"}': 3,
      'moorline_queue_call_jobs_count{call="enqueue"}': 2,
      'moorline_queue_call_jobs_sum{call="enqueue"}': 3,
    };
    expect(Object.fromEntries(Object.keys(expected).map((series) => [series, valueOf(text, series)]))).toEqual(
      expected,
    );
    expect(valueOf(text, 'moorline_redis_commands_total{role="task"}')).toBeGreaterThanOrEqual(3);
  });

  test('know how long a job stood in line, its delay not counted', async () => {
    await client.queue('late', 'jobs', { data: 1, delayMs: 1_500 });
    await client.queue('late', 'jobs', { data: 2 });
    const claimedOne = async () => (await client.queue('late', 'claim', { waitMs: 10_000 })).body.jobs.length === 1;
    const begin = performance.now();
    await waitFor('the first job to stand for a second', () => performance.now() - begin > 1_000);
    expect(await claimedOne()).toBe(true);
    expect(await claimedOne()).toBe(true);
    const sum = valueOf(await metrics(), 'moorline_queue_wait_seconds_sum{queue="late"}');
    // One stood for a second at least; the other was claimed when it was due, or soon after on a slow machine.
    expect(sum).toBeGreaterThanOrEqual(0.9);
    expect(sum).toBeLessThan(1 + (performance.now() - begin) / 1_000);
  });

  test('cost Redis one look at each queue for all who scrape at the same time', async () => {
    await client.queue('cheap', 'jobs', { data: 1 });
    const calls = async () => Number(/cmdstat_fcall:calls=(\d+)/.exec(await redis.cli('INFO', 'commandstats'))?.[1]);
    const queues = Number((await redis.cli('SCARD', 'ml:queues')) || 0);
    const before = await calls();
    await Promise.all(Array.from({ length: 10 }, metrics));
    expect((await calls()) - before).toBeLessThanOrEqual(queues);
  });
});

const delivery = (job: { readonly id: string; readonly fence: string } | undefined) => ({
  id: job?.id,
  fence: job?.fence,
});
