import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const handlers = `
import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const explosive = new Proxy({}, { get() { throw new Error('boom'); } });
const note = (file, line) => appendFile(file, line + '\\n');

export default {
  echo: ({ data }, { fence, deadline }) => ({ data, fence, deadline }),
  odd: ({ id }) => { throw { null: null, text: 'oops', nothing: undefined, explosive }[id]; },
  picky: () => { throw Object.assign(new Error('never'), { retry: false, code: 'picky' }); },
  bigint: () => 1n,
  endless: () => new Promise(() => {}),
  slow: async ({ id, data: { file, ms } }, { signal }) => {
    await note(file, 'begun ' + id);
    await sleep(ms, undefined, { signal });
    await note(file, 'ended ' + id);
  },
};`;

describe('a worker', () => {
  let directory: string;
  let redis: RedisServer;
  let client: GatewayClient;
  let environment: Record<string, string>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'moorline-worker-'));
    await writeFile(join(directory, 'handlers.mjs'), handlers);
    // Its data outlives a kill.
    redis = await startRedis({ args: ['--appendonly', 'yes'] });
    environment = {
      REDIS_URI: `redis://${redis.address}`,
      MOORLINE_WORKER_HANDLERS: join(directory, 'handlers.mjs'),
      MOORLINE_WORKER_LEASE_MS: '1000',
    };
    client = new GatewayClient((await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` })).url);
  });
  afterAll(() => rm(directory, { recursive: true }));

  const workers: MoorlineProcess[] = [];
  const startWorker = async (settings: Record<string, string>): Promise<MoorlineProcess> => {
    const worker = await startMoorline('worker', settings);
    workers.push(worker);
    return worker;
  };
  // A worker of one test must not do the jobs of the next.
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.kill()));
  });

  const job = async (queue: string, id: string) => (await client.get(`/api/v1/queues/${queue}/jobs/${id}`)).body;
  const untilState = (queue: string, id: string, state: string) =>
    waitFor(`${id} is ${state}`, async () => {
      const found = await job(queue, id);
      return found.state === state && found;
    });
  const linesOf = async (file: string) => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);

  test('runs handlers, tells what went wrong with those that fail, and serves the check', async () => {
    const worker = await startWorker({
      ...environment,
      MOORLINE_WORKER_JOB_TIMEOUT_MS: '60000',
      POD_NAME: 'pod-7',
      SERVER_ID: 'id-7',
    });
    await client.queue('echo', 'jobs', { id: 'a', data: { n: [1] } });
    expect(await untilState('echo', 'a', 'done')).toMatchObject({
      result: { data: { n: [1] }, fence: expect.stringMatching(/^\d+$/), deadline: expect.any(Number) },
    });

    await client.queue('moorline-check', 'jobs', { id: 'c', data: null });
    expect(await untilState('moorline-check', 'c', 'done')).toMatchObject({
      result: { handledBy: 'pod-7', serverId: 'id-7' },
    });

    for (const id of ['null', 'text', 'nothing', 'explosive']) {
      await client.queue('odd', 'jobs', { id, data: 1, maxAttempts: 1 });
      expect(await untilState('odd', id, 'dead')).toMatchObject({
        errors: [{ message: expect.stringMatching(/^The handler threw/), attempt: 1 }],
      });
    }
    await client.queue('picky', 'jobs', { id: 'p', data: 1, maxAttempts: 9 });
    expect(await untilState('picky', 'p', 'dead')).toMatchObject({ errors: [{ message: 'never', code: 'picky' }] });
    await client.queue('bigint', 'jobs', { id: 'b', data: 1, maxAttempts: 9 });
    expect(await untilState('bigint', 'b', 'dead')).toMatchObject({ errors: [{ code: 'invalid_result' }] });
    await client.queue('endless', 'jobs', { id: 'e', data: 1, maxAttempts: 1, timeoutMs: 50 });
    expect(await untilState('endless', 'e', 'dead')).toMatchObject({ errors: [{ code: 'timeout' }] });

    const own = new GatewayClient(worker.url);
    expect((await own.get('/readyz')).status).toBe(200);
    expect((await own.get('/metrics')).text).toContain(
      'moorline_worker_jobs_total{queue="endless",outcome="timeout"} 1',
    );
  });

  test('runs no more jobs at a time than it may, over all its queues', async () => {
    const file = join(directory, 'concurrency');
    await startWorker({ ...environment, MOORLINE_WORKER_CONCURRENCY: '2' });
    const jobs = Array.from({ length: 6 }, (_, index) => ({ id: `c${index}`, data: { file, ms: 100 } }));
    await client.queue('slow', 'jobs', { jobs });
    await waitFor(
      'all have ended',
      async () => (await linesOf(file)).filter((line) => line.startsWith('ended')).length === 6,
    );
    let running = 0;
    const most = Math.max(...(await linesOf(file)).map((line) => (running += line.startsWith('begun') ? 1 : -1)));
    expect(most).toBe(2);
  });

  test('renews the leases of long jobs, so that nobody else gets them', async () => {
    const file = join(directory, 'long');
    await startWorker(environment);
    // Longer than three leases.
    await client.queue('slow', 'jobs', { id: 'long', data: { file, ms: 3_500 } });
    await untilState('slow', 'long', 'done');
    expect(await linesOf(file)).toEqual(['begun long', 'ended long']);
  });

  test('a worker killed in the middle loses nothing: another one runs its jobs', async () => {
    const file = join(directory, 'killed');
    const victim = await startWorker(environment);
    const jobs = Array.from({ length: 20 }, (_, index) => ({ id: `k${index}`, data: { file, ms: 200 } }));
    await client.queue('slow', 'jobs', { jobs });
    await waitFor('it is at work', async () => (await linesOf(file)).length > 0);
    await victim.kill();
    await startWorker(environment);
    for (const { id } of jobs) await untilState('slow', id, 'done');
  });

  test('a worker killed in the middle is missed within seconds, however long its leases are', async () => {
    const file = join(directory, 'missed');
    const patient = { ...environment, MOORLINE_WORKER_LEASE_MS: '600000' };
    const victim = await startWorker(patient);
    await client.queue('slow', 'jobs', { id: 'missed', data: { file, ms: 2_000 } });
    await waitFor('it is at work', async () => (await linesOf(file)).length > 0);
    await victim.kill();
    await startWorker(patient);
    expect(await untilState('slow', 'missed', 'done')).toBeDefined();
    expect(await linesOf(file)).toEqual(['begun missed', 'begun missed', 'ended missed']);
  });

  test('drops a job that is cancelled while it runs', async () => {
    const file = join(directory, 'cancelled');
    await startWorker({ ...environment, MOORLINE_WORKER_LEASE_MS: '600000' });
    await client.queue('slow', 'jobs', { id: 'unwanted', data: { file, ms: 600_000 } });
    await waitFor('it is at work', async () => (await linesOf(file)).length > 0);
    await client.call('/api/v1/queues/slow/jobs/unwanted', { method: 'DELETE' });
    await untilState('slow', 'unwanted', 'cancelled');
    expect(await linesOf(file)).toEqual(['begun unwanted']);
  });

  test('a frozen worker that wakes up drops what it no longer holds', async () => {
    const file = join(directory, 'frozen');
    const frozen = await startWorker(environment);
    await client.queue('slow', 'jobs', { id: 'f', data: { file, ms: 1_500 } });
    await waitFor('it is at work', async () => (await linesOf(file)).length > 0);
    frozen.signal('SIGSTOP');
    await startWorker(environment);
    await waitFor('the other one has begun', async () => (await linesOf(file)).length === 2);
    frozen.signal('SIGCONT');
    await untilState('slow', 'f', 'done');
    await waitFor('it has noticed', () => /lease was lost|came too late/.test(frozen.log));
  });

  test('told to stop, it ends what it can, hands the rest back at once without counting an attempt, and exits with 0', async () => {
    const file = join(directory, 'stopped');
    const worker = await startWorker({
      ...environment,
      MOORLINE_WORKER_LEASE_MS: '600000',
      MOORLINE_SHUTDOWN_GRACE_MS: '4000',
    });
    await client.queue('slow', 'jobs', {
      jobs: [
        { id: 'quick', data: { file, ms: 500 } },
        { id: 'stuck', data: { file, ms: 600_000 } },
      ],
    });
    await waitFor('both have begun', async () => (await linesOf(file)).length === 2);
    worker.signal('SIGTERM');
    expect(await worker.exit()).toBe(0);
    expect(await job('slow', 'quick')).toMatchObject({ state: 'done' });
    expect(await job('slow', 'stuck')).toMatchObject({ state: 'ready', attempts: 0, crashes: 0 });
    await client.queue('slow', 'claim', {});
  });

  test('told to stop, it lets go of a push that is not answered in time, and hands the job back at once', async () => {
    const seen: string[] = [];
    const server = createServer((request) => {
      seen.push('asked');
      request.socket.once('close', () => seen.push('let go'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const worker = await startWorker({
      REDIS_URI: `redis://${redis.address}`,
      MOORLINE_WORKER_PUSH: JSON.stringify({
        unanswered: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      }),
      MOORLINE_WORKER_LEASE_MS: '600000',
      MOORLINE_SHUTDOWN_GRACE_MS: '2000',
    });
    await client.queue('unanswered', 'jobs', { id: 'p', data: 1 });
    await waitFor('it is asked', () => seen.length === 1);
    worker.signal('SIGTERM');
    expect(await worker.exit()).toBe(0);
    expect(seen).toEqual(['asked', 'let go']);
    expect(await job('unanswered', 'p')).toMatchObject({ state: 'ready', attempts: 0, crashes: 0 });
    server.close();
  });

  test('works on after Redis was away, and settles what was finished meanwhile', async () => {
    const file = join(directory, 'away');
    const worker = await startWorker({ ...environment, MOORLINE_WORKER_LEASE_MS: '600000' });
    await client.queue('slow', 'jobs', { id: 'away', data: { file, ms: 500 } });
    await waitFor('it is at work', async () => (await linesOf(file)).length > 0);
    await redis.kill();
    await waitFor('the job has ended', async () => (await linesOf(file)).length === 2);
    const { length } = worker.log;
    // The first failure may be that of a claim that was under way; the second is that of the settlement.
    await waitFor('it has tried in vain to settle', () =>
      /(?:"queue":"slow"[^\n]*Redis cannot be asked.*){2}/s.test(worker.log.slice(length)),
    );
    await redis.start();
    await untilState('slow', 'away', 'done');
    await client.queue('echo', 'jobs', { id: 'after', data: 1 });
    await untilState('echo', 'after', 'done');
    expect(await linesOf(file)).toEqual(['begun away', 'ended away']);
  });

  test('pushes jobs to an endpoint and takes its answers as outcomes', async () => {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const { data, attempt } = JSON.parse(body) as { data: number; attempt: number };
        if (data === 429 && attempt === 1) response.writeHead(429, { 'retry-after': '0' }).end();
        else response.writeHead(data === 422 ? 422 : 200).end(JSON.stringify({ attempt }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await startWorker({
      REDIS_URI: `redis://${redis.address}`,
      MOORLINE_WORKER_PUSH: JSON.stringify({ pushed: url }),
    });
    await client.queue('pushed', 'jobs', { jobs: [200, 422, 429].map((data) => ({ id: `${data}`, data })) });
    expect(await untilState('pushed', '200', 'done')).toMatchObject({ result: { attempt: 1 } });
    expect(await untilState('pushed', '422', 'dead')).toMatchObject({ errors: [{ code: 'http_422' }] });
    expect(await untilState('pushed', '429', 'done')).toMatchObject({ result: { attempt: 2 } });
    server.close();
  });
});
