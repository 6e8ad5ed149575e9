import { beforeAll, describe, expect, test } from '@jest/globals';
import { GatewayClient, type Answer } from '../support/gateway-client.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let redis: RedisServer;
let gateway: MoorlineProcess;
let asker: GatewayClient;
/** Of another process. */
let worker: GatewayClient;

beforeAll(async () => {
  redis = await startRedis();
  const environment = { REDIS_URI: `redis://${redis.address}` };
  const [first, second] = await Promise.all([1, 2].map(() => startMoorline('gateway', environment)));
  if (first === undefined || second === undefined) throw new Error('Expected two gateways');
  gateway = first;
  asker = new GatewayClient(first.url);
  worker = new GatewayClient(second.url);
});

const ask = (queue: string, rest: object = {}): Promise<Answer> =>
  asker.post('/api/v1/tasks', { queue, data: { for: queue }, ...rest });

const json = ({ text }: Answer): unknown => JSON.parse(text) as unknown;

async function claimOne(
  queue: string,
): Promise<{ readonly id: string; readonly fence: string; readonly data: unknown }> {
  const { body } = await worker.queue(queue, 'claim', { waitMs: 20_000 });
  const [job] = body.jobs;
  if (job === undefined) throw new Error('Expected a job');
  return job;
}

describe('a task', () => {
  test.each(['stream', 'pubsub', 'key'])('is answered by who claims and settles it elsewhere (%s)', async (reply) => {
    const answer = ask(`add-${reply}`, { reply });
    const job = await claimOne(`add-${reply}`);
    expect(job).toMatchObject({ data: { for: `add-${reply}` }, deadline: expect.any(Number) });
    const { id, fence } = job;
    await worker.queue(`add-${reply}`, 'settle', { done: [{ id, fence, result: { sum: 3 } }] });
    expect([(await answer).status, json(await answer)]).toEqual([200, { id, result: { sum: 3 } }]);
  });

  test('is answered with null where there is no result, and with large results in full', async () => {
    for (const result of [undefined, 'x'.repeat(50_000)]) {
      const answer = ask('sizes');
      const { id, fence } = await claimOne('sizes');
      await worker.queue('sizes', 'settle', { done: [{ id, fence, result }] });
      expect(json(await answer)).toEqual({ id, result: result ?? null });
    }
  });

  test('that nobody claims ends at its deadline, and is handed out to nobody afterwards', async () => {
    const { status, body } = await ask('lonely', { timeoutMs: 300 });
    expect([status, body.error]).toMatchObject([504, { code: 'deadline_exceeded', retryable: true }]);
    const { body: claimed } = await worker.queue('lonely', 'claim', { max: 10 });
    expect(claimed.jobs).toEqual([]);
  });

  test('that nobody waits for is not handed out after its deadline either, and is counted', async () => {
    const started = await ask('unseen', { wait: false, timeoutMs: 1 });
    expect(started.status).toBe(202);
    const { id } = json(started) as { readonly id: string };
    await waitFor('the deadline', async () => {
      const { body } = await worker.queue('unseen', 'claim', { max: 10 });
      expect(body.jobs).toEqual([]);
      return json(await asker.get('/api/v1/queues/unseen'));
    });
    expect(json(await worker.get(`/api/v1/tasks/${id}`))).toMatchObject({ state: 'expired' });
    expect(json(await asker.get('/api/v1/queues/unseen'))).toMatchObject({ ready: 0, totals: { expired: 1 } });
  });

  test('that fails is answered with the message of its worker, and is no dead letter', async () => {
    const answer = ask('fails');
    const { id, fence } = await claimOne('fails');
    const error = { message: 'no such user 7', code: 'unknown_user', stack: 'at secret.js', details: { user: 7 } };
    const settled = await worker.queue('fails', 'settle', { failed: [{ id, fence, error }] });
    expect(settled.body.accepted).toBe(1);
    const { status, body } = await answer;
    expect([status, body]).toMatchObject([502, { error: { code: 'task_failed', retryable: false } }]);
    expect(body.error.message).toContain('no such user 7');
    expect(body).toMatchObject({ id, failure: { code: 'unknown_user', details: { user: 7 } } });
    expect(json(await asker.get('/api/v1/queues/fails'))).toMatchObject({ dead: 0, totals: { failed: 1 } });
    const later = await worker.get(`/api/v1/tasks/${id}`);
    expect(json(later)).toMatchObject({ state: 'failed', error: { message: 'no such user 7' } });
    expect((await answer).text + later.text).not.toContain('secret.js');
    // The same again is accepted, another verdict is not.
    expect((await worker.queue('fails', 'settle', { failed: [{ id, fence, error }] })).body.accepted).toBe(1);
    expect((await worker.queue('fails', 'settle', { done: [{ id, fence }] })).body.rejected).toHaveLength(1);
  });

  test('may be tried several times', async () => {
    const answer = ask('again', { maxAttempts: 2 });
    const first = await claimOne('again');
    const error = { message: 'not yet' };
    await worker.queue('again', 'settle', { failed: [{ id: first.id, fence: first.fence, error, retryAfterMs: 0 }] });
    const { id, fence } = await claimOne('again');
    await worker.queue('again', 'settle', { done: [{ id, fence, result: 2 }] });
    expect(json(await answer)).toEqual({ id: first.id, result: 2 });
  });

  test('is not tried again when the next try would come too late', async () => {
    const answer = ask('too-late', { maxAttempts: 5, timeoutMs: 20_000 });
    const { id, fence } = await claimOne('too-late');
    const error = { message: 'come tomorrow' };
    await worker.queue('too-late', 'settle', { failed: [{ id, fence, error, retryAfterMs: 60_000 }] });
    expect((await answer).body.error.message).toContain('come tomorrow');
  });
});

describe('a task that nobody waits for', () => {
  test('is found by its id, and waited for by whoever comes later', async () => {
    const started = await ask('later', { wait: false, stream: true });
    const { id, stream } = json(started) as { readonly id: string; readonly stream: string };
    expect([started.status, stream]).toEqual([202, `task:${id}`]);
    expect(json(await asker.get(`/api/v1/tasks/${id}`))).toMatchObject({ id, queue: 'later', state: 'ready' });
    const waiting = worker.get(`/api/v1/tasks/${id}?waitMs=20000`);
    const job = await claimOne('later');
    expect(job).toMatchObject({ id, stream });
    expect(json(await asker.get(`/api/v1/tasks/${id}`))).toMatchObject({ state: 'leased' });
    await worker.queue('later', 'settle', { done: [{ id, fence: job.fence, result: [1] }] });
    expect(json(await waiting)).toMatchObject({ id, state: 'done', result: [1] });
  });

  test.each(['nothing', 'later:nothing', ':x'])('and that never was is not found (%s)', async (id) => {
    const { status, body } = await asker.get(`/api/v1/tasks/${id}`);
    expect([status, body.error.code]).toEqual([404, 'not_found']);
    expect((await asker.call(`/api/v1/tasks/${id}`, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('cancelling', () => {
  test('a task that waits ends it, and whoever waits for it hears at once', async () => {
    const answer = ask('unwanted', { id: 'u1' });
    await waitFor('the task', async () => (await worker.get('/api/v1/tasks/unwanted:u1')).status === 200);
    const { body } = await worker.call('/api/v1/tasks/unwanted:u1', { method: 'DELETE' });
    expect(body.state).toBe('cancelled');
    expect([(await answer).status, (await answer).body.error.code]).toEqual([409, 'task_cancelled']);
    expect((await worker.queue('unwanted', 'claim', {})).body.jobs).toEqual([]);
  });

  test('one that is at work tells its worker, and it ends as cancelled', async () => {
    const answer = ask('halted');
    const { id, fence } = await claimOne('halted');
    const { body } = await worker.call(`/api/v1/tasks/${id}`, { method: 'DELETE' });
    expect(body.state).toBe('cancelling');
    expect((await answer).body.error.code).toBe('task_cancelled');
    const settled = await worker.queue('halted', 'settle', { done: [{ id, fence, result: 1 }] });
    expect(json(settled)).toMatchObject({ cancelled: [{ id, fence }] });
    expect(json(await worker.get(`/api/v1/tasks/${id}`))).toMatchObject({ state: 'cancelled' });
  });

  test('happens at the deadline, also to one that is at work', async () => {
    const answer = ask('slow', { timeoutMs: 1_500 });
    const { id, fence } = await claimOne('slow');
    expect((await answer).status).toBe(504);
    await waitFor('the cancellation', async () => {
      const { body } = await worker.queue('slow', 'settle', { extend: [{ id, fence, leaseMs: 5_000 }] });
      return (body as unknown as { readonly cancelled?: unknown }).cancelled !== undefined;
    });
  });

  test('happens when the caller goes away, unless the id is his own', async () => {
    const leaving = new AbortController();
    const call = (rest: object) =>
      asker
        .post('/api/v1/tasks', { queue: 'left', data: 1, ...rest }, { signal: leaving.signal })
        .catch(() => undefined);
    const calls = [call({}), call({ id: 'mine' })];
    await waitFor('both tasks', async () => (await asker.get('/api/v1/queues/left')).body.ready === 2);
    leaving.abort();
    await Promise.all(calls);
    await waitFor('one is gone', async () => (await asker.get('/api/v1/queues/left')).body.ready === 1);
    expect((await claimOne('left')).id).toBe('left:mine');
  });

  test('is refused for a task that is over', async () => {
    const answer = ask('over');
    const { id, fence } = await claimOne('over');
    await worker.queue('over', 'settle', { done: [{ id, fence }] });
    await answer;
    const { status, body } = await worker.call(`/api/v1/tasks/${id}`, { method: 'DELETE' });
    expect([status, body.error.code]).toEqual([409, 'job_over']);
  });
});

describe('an id of the caller', () => {
  test('asked twice is one task, and both are answered, in whatever process they asked', async () => {
    const body = { queue: 'twice', data: 1, id: 'order-1' };
    const answers = [asker, worker, asker].map((client) => client.post('/api/v1/tasks', body));
    const { id, fence } = await claimOne('twice');
    expect(id).toBe('twice:order-1');
    await worker.queue('twice', 'settle', { done: [{ id, fence, result: 'once' }] });
    for (const answer of await Promise.all(answers)) expect(json(answer)).toEqual({ id, result: 'once' });
    expect(json(await asker.post('/api/v1/tasks', body))).toEqual({ id, result: 'once' });
    expect(json(await asker.get('/api/v1/queues/twice'))).toMatchObject({ totals: { enqueued: 1 } });
  });
});

describe('a gateway that stops', () => {
  test('answers what is under way before it ends', async () => {
    const stopping = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
    const answer = new GatewayClient(stopping.url).post('/api/v1/tasks', { queue: 'last', data: 1 });
    const { id, fence } = await claimOne('last');
    stopping.signal('SIGTERM');
    await waitFor('it stops', () => stopping.log.includes('stopping'));
    await worker.queue('last', 'settle', { done: [{ id, fence, result: 1 }] });
    expect(json(await answer)).toEqual({ id, result: 1 });
    expect(await stopping.exit()).toBe(0);
  });

  test('leaves the others to whoever asks again under their ids', async () => {
    const environment = { REDIS_URI: `redis://${redis.address}`, MOORLINE_SHUTDOWN_GRACE_MS: '1000' };
    const stopping = await startMoorline('gateway', environment);
    const body = { queue: 'moved', data: 1, id: 'm' };
    const first = new GatewayClient(stopping.url).post('/api/v1/tasks', body);
    const { id, fence } = await claimOne('moved');
    stopping.signal('SIGTERM');
    expect([(await first).status, (await first).body.error]).toMatchObject([503, { retryable: true }]);
    const second = asker.post('/api/v1/tasks', body);
    await worker.queue('moved', 'settle', { done: [{ id, fence, result: 'kept' }] });
    expect(json(await second)).toEqual({ id, result: 'kept' });
  });
});

test.each([
  ['no queue', { data: 1 }],
  ['an unknown field', { queue: 'q', data: 1, timeout: 1 }],
  ['a timeout of nothing', { queue: 'q', data: 1, timeoutMs: 0 }],
  ['an id that is too long with its queue', { queue: 'q', data: 1, id: 'x'.repeat(199) }],
  ['a stream that could have no such name', { queue: 'q', data: 1, id: 'a b', stream: true }],
])('%s is refused', async (_, body) => {
  const answer = await asker.post('/api/v1/tasks', body);
  expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_request']);
});

test('data that does not match the schema of the queue is refused at once', async () => {
  await asker.call('/api/v1/queues/strict/settings', { method: 'PUT', body: { schema: { type: 'object' } } });
  await waitFor('the schema', async () => {
    const { status, body } = await ask('strict', { data: 'text', timeoutMs: 200 });
    return status === 400 && body.error.message.includes('must be object');
  });
  expect(json(await asker.get('/api/v1/queues/strict'))).toMatchObject({ dead: 0 });
});

test('keys of answers are counted, and metrics tell how tasks ended', async () => {
  const { text } = await fetch(`${gateway.url}/metrics`).then(async (response) => ({ text: await response.text() }));
  expect(Number(/^moorline_reply_keys (\d+)/m.exec(text)?.[1])).toBeGreaterThan(0);
  expect(text).toMatch(/moorline_tasks_total{outcome="done"} [1-9]/);
  expect(text).toMatch(/moorline_tasks_total{outcome="deadline"} [1-9]/);
});
