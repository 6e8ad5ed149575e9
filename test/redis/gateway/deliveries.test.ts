import { beforeAll, describe, expect, test } from '@jest/globals';
import { claimAnswer, settleAnswer } from '../../../app/gateway/schemas/delivery.js';
import { GatewayClient, type AnswerJob } from '../support/gateway-client.js';
import { startMoorline } from '../support/moorline-process.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

describe('claiming and settling over HTTP', () => {
  let client: GatewayClient;

  beforeAll(async () => {
    const redis = await startRedis();
    const gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
    client = new GatewayClient(gateway.url);
  });

  const claimOne = async (queue: string, body: object = {}): Promise<AnswerJob> => {
    const [job] = (await client.queue(queue, 'claim', { leaseMs: 60_000, ...body })).body.jobs;
    if (job === undefined) throw new Error('There was nothing to claim');
    return job;
  };

  test('a claim answers the jobs with fence, attempt, data, priority and the end of the lease, first priority first', async () => {
    await client.queue('claims', 'jobs', {
      jobs: [
        { id: 'low', data: { n: 1 } },
        { id: 'high', data: [2], priority: 9, maxAttempts: 7, timeoutMs: 500 },
      ],
    });
    const { status, body } = await client.queue('claims', 'claim', {
      max: 100,
      waitMs: 10_000,
      leaseMs: 30_000,
      worker: 'w-1',
    });
    expect(status).toBe(200);
    claimAnswer.parse(body);
    expect(body.jobs).toMatchObject([
      { id: 'high', attempt: 1, data: [2], priority: 9, maxAttempts: 7, timeoutMs: 500 },
      { id: 'low', attempt: 1, data: { n: 1 }, priority: 0 },
    ]);
    expect(new Set(body.jobs.map(({ fence }) => fence)).size).toBe(2);
  });

  test('a claim without a body takes one job', async () => {
    await client.queue('bare', 'jobs', { jobs: [{ data: 1 }, { data: 2 }] });
    expect((await client.queue('bare', 'claim')).body.jobs).toHaveLength(1);
  });

  test('a claim that waits gets the job that comes meanwhile, and an empty list when none comes', async () => {
    const waiting = client.queue('waits', 'claim', { waitMs: 30_000 });
    await client.queue('waits', 'jobs', { id: 'late', data: 1 });
    expect((await waiting).body.jobs).toMatchObject([{ id: 'late' }]);
    expect((await client.queue('waits', 'claim', { waitMs: 20 })).body).toEqual({ jobs: [] });
  });

  test('a waiting claim whose client has gone away takes no job', async () => {
    const gone = new AbortController();
    const waiting = client.queue('gone', 'claim', { waitMs: 30_000 }, { signal: gone.signal });
    await waitFor('the claim waits', async () => /in_flight.*blocking"} 1/.test((await client.get('/metrics')).text));
    gone.abort();
    await expect(waiting).rejects.toThrow();
    await waitFor('nobody waits', async () => /in_flight.*blocking"} 0/.test((await client.get('/metrics')).text));
    await client.queue('gone', 'jobs', { id: 'a', data: 1 });
    const { body } = await client.queue('gone', 'claim', { waitMs: 30_000 });
    expect(body.jobs).toMatchObject([{ id: 'a', attempt: 1 }]);
  });

  test('settles as done with a result, fails, extends, releases and claims in one request', async () => {
    const jobs = ['done', 'failed', 'extended', 'released', 'next'].map((id, at) => ({
      id,
      data: id,
      priority: 9 - at,
    }));
    await client.queue('verdicts', 'jobs', { jobs });
    const { body } = await client.queue('verdicts', 'claim', { max: 4, leaseMs: 60_000 });
    const [done, failed, extended, released] = body.jobs.map(({ id, fence }) => ({ id, fence }));
    const settled = await client.queue('verdicts', 'settle', {
      done: [{ ...done, result: { ok: [true, null, 'é'] } }],
      failed: [{ ...failed, error: { message: 'no luck', code: 'luck' }, retryAfterMs: 3_600_000 }],
      extend: [{ ...extended, leaseMs: 90_000 }],
      release: [released],
      claim: { max: 2, waitMs: 0, leaseMs: 30_000, worker: 'w' },
    });
    settleAnswer.parse(settled.body);
    expect([settled.status, settled.body.accepted, settled.body.rejected]).toEqual([200, 4, []]);
    expect(settled.body.jobs).toMatchObject([
      { id: 'released', attempt: 1 },
      { id: 'next', attempt: 1 },
    ]);
    expect((await client.get('/api/v1/queues/verdicts/jobs/done')).body).toMatchObject({
      state: 'done',
      result: { ok: [true, null, 'é'] },
    });
    expect((await client.get('/api/v1/queues/verdicts/jobs/failed')).body).toMatchObject({ state: 'delayed' });
    expect((await client.get('/api/v1/queues/verdicts/jobs/extended')).body).toMatchObject({ state: 'leased' });
  });

  test('the same settlement again is accepted, another verdict or an old fence is stale', async () => {
    await client.queue('fences', 'jobs', { id: 'a', data: 1 });
    const { id, fence } = await claimOne('fences');
    const done = { done: [{ id, fence }] };
    const rejected = { accepted: 0, rejected: [{ id, fence, reason: 'stale' }], jobs: [] };
    expect((await client.queue('fences', 'settle', done)).body).toMatchObject({ accepted: 1, rejected: [] });
    expect((await client.queue('fences', 'settle', done)).body).toMatchObject({ accepted: 1, rejected: [] });
    const failed = { failed: [{ id, fence, error: { message: 'late' } }] };
    expect((await client.queue('fences', 'settle', failed)).body).toEqual(rejected);
  });

  test.each(['0', '999999999999999', 'never-handed-out'])('the fence %s, which nobody has, is stale', async (fence) => {
    const { status, body } = await client.queue('fences', 'settle', { release: [{ id: 'b', fence }] });
    expect([status, body.rejected]).toEqual([200, [{ id: 'b', fence, reason: 'stale' }]]);
  });

  test('a worker that lets its lease end has no say any more', async () => {
    await client.queue('expired', 'jobs', { id: 'a', data: 1 });
    const first = await claimOne('expired', { leaseMs: 20 });
    const second = await claimOne('expired', { waitMs: 30_000 });
    expect(second.id).toBe('a');
    const late = await client.queue('expired', 'settle', { done: [{ id: 'a', fence: first.fence, result: 'old' }] });
    expect(late.body.rejected).toHaveLength(1);
    const onTime = await client.queue('expired', 'settle', { done: [{ id: 'a', fence: second.fence, result: 'new' }] });
    expect(onTime.body.accepted).toBe(1);
    expect((await client.get('/api/v1/queues/expired/jobs/a')).body).toMatchObject({ state: 'done', result: 'new' });
  });

  test('progress and log of a job at work are shown, and a job that is cancelled says so to its worker', async () => {
    await client.queue('told', 'jobs', { id: 'a', data: 1, backoff: { kind: 'fixed', delayMs: 1_000 } });
    const { id, fence } = await claimOne('told');
    const path = '/api/v1/queues/told/jobs/a';
    await client.queue('told', 'settle', { progress: [{ id, fence, progress: { percent: 50 }, log: 'half way' }] });
    expect((await client.get(path)).body).toMatchObject({ progress: { percent: 50 }, log: [{ text: 'half way' }] });
    const cancelled = await client.call(path, { method: 'DELETE' });
    expect([cancelled.status, cancelled.body]).toEqual([200, { id, state: 'cancelling' }]);
    const extended = await client.queue('told', 'settle', { extend: [{ id, fence, leaseMs: 60_000 }] });
    expect(settleAnswer.parse(extended.body).cancelled).toEqual([{ id, fence }]);
    await client.queue('told', 'settle', { release: [{ id, fence }] });
    expect((await client.get(path)).body).toMatchObject({ state: 'cancelled' });
    expect((await client.call('/api/v1/queues/told/jobs/b', { method: 'DELETE' })).status).toBe(404);
  });

  test('settling nothing is nothing', async () => {
    expect((await client.queue('nothing', 'settle', {})).body).toEqual({ accepted: 0, rejected: [], jobs: [] });
  });
});
