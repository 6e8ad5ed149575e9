import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Moorline, NeverRetry, RetryLater, type MoorlineOptions } from 'moorline';
import { z } from 'zod';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let redis: RedisServer;
let gateway: MoorlineProcess;

beforeAll(async () => {
  redis = await startRedis();
  gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}`, MOORLINE_TOKEN: 'secret' });
});

const opened: Moorline[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((moorline) => moorline.close({ graceMs: 0 })));
});

const open = (options: MoorlineOptions): Moorline => {
  const moorline = new Moorline(options);
  opened.push(moorline);
  return moorline;
};

const ways = {
  'through a gateway': () => open({ url: gateway.url, token: 'secret' }),
  'straight to Redis': () => open({ redis: `redis://${redis.address}` }),
};

interface Mail {
  readonly to: string;
}

describe.each(Object.entries(ways))('the client library %s', (way, connect) => {
  const name = (queue: string) => `${queue}.${way.replaceAll(' ', '-')}`;

  test('adds jobs that a worker does, and shows what became of them', async () => {
    const moorline = connect();
    const mail = moorline.queue<Mail>(name('mail'));
    expect(await mail.add({ to: 'a' }, { id: 'one' })).toMatchObject({
      id: 'one',
      status: 'queued',
      durability: { class: 'memory', confirmed: true },
    });
    expect(await mail.add({ to: 'a' }, { id: 'one' })).toMatchObject({ status: 'duplicate' });
    expect((await mail.addMany([{ data: { to: 'b' }, delayMs: 60_000 }, { data: { to: 'c' } }])).jobs).toMatchObject([
      { status: 'delayed' },
      { status: 'queued' },
    ]);
    expect(await mail.job('one')).toMatchObject({ state: 'ready', data: { to: 'a' } });
    expect(await mail.job('nobody')).toBeUndefined();
    expect(await mail.counts()).toMatchObject({ ready: 2, delayed: 1 });

    mail.worker(({ data: { to }, attempt }) => ({ sent: to, attempt }));
    const view = await waitFor('it is done', async () => {
      const job = await mail.job('one');
      return job?.state === 'done' && job;
    });
    expect(view).toMatchObject({ result: { sent: 'a', attempt: 1 } });
  });

  test('failures are tried again as their errors say', async () => {
    const queue = connect().queue<{ what: string }>(name('failures'));
    const seen: string[] = [];
    queue.worker(({ id, data: { what }, attempt }) => {
      seen.push(`${id}:${attempt}`);
      if (what === 'never') throw new NeverRetry('no such mailbox');
      if (what === 'later' && attempt === 1) throw new RetryLater(1);
      if (what === 'cycle') {
        const cycle: { self?: unknown } = {};
        cycle.self = cycle;
        return cycle;
      }
      return undefined;
    });
    await Promise.all(['never', 'later', 'cycle'].map((what) => queue.add({ what }, { id: what })));
    await waitFor('all are done or dead', async () => {
      const { dead, totals } = await queue.counts();
      return dead === 2 && totals.done === 1;
    });
    expect(seen.sort()).toEqual(['cycle:1', 'later:1', 'later:2', 'never:1']);
    expect(await queue.job('never')).toMatchObject({
      state: 'dead',
      reason: 'rejected',
      errors: [{ code: 'NeverRetry' }],
    });
    expect(await queue.job('cycle')).toMatchObject({ errors: [{ code: 'invalid_result' }] });
  });

  test('a schema checks what is added, and types it', async () => {
    const schema = z.object({ to: z.email(), copies: z.int().default(1) });
    const queue = connect().queue(name('schema'), { schema });
    await queue.add({ to: 'a@example.com' }, { id: 'a' });
    expect(await queue.job('a')).toMatchObject({ data: { to: 'a@example.com', copies: 1 } });
    await expect(queue.addMany([{ data: { to: 'b@example.com' } }, { data: { to: 'nobody' } }])).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/^jobs\[1\]\.data\.to: /),
    });
    expect(await queue.counts()).toMatchObject({ ready: 1 });
  });

  test('what a server refuses is an error of the catalogue, and only for whom it concerns', async () => {
    const queue = connect().queue(name('refused'));
    const [good, bad, circular] = await Promise.allSettled([
      queue.add(1, { id: 'good' }),
      queue.add(1, { id: 'bad', priority: 77 }),
      queue.add(1n),
    ]);
    expect(good).toMatchObject({ status: 'fulfilled', value: { status: 'queued' } });
    expect(bad).toMatchObject({ reason: { code: 'invalid_request', message: expect.stringContaining('priority') } });
    expect(circular).toMatchObject({ reason: { code: 'invalid_request' } });
    await expect(connect().queue('no queue').counts()).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('a closing worker lets its jobs end, and hands back at once what does not end in time', async () => {
    const moorline = connect();
    const queue = moorline.queue<number>(name('closing'));
    const begun: string[] = [];
    const aborted: unknown[] = [];
    const worker = queue.worker(
      async ({ id }, { signal }) => {
        begun.push(id);
        if (id === 'quick') return 'done';
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        aborted.push(signal.reason);
        return 'too late';
      },
      { leaseMs: 600_000 },
    );
    await queue.addMany([
      { id: 'quick', data: 1 },
      { id: 'stuck', data: 2 },
    ]);
    await waitFor('both have begun', () => begun.length === 2);
    await worker.close({ graceMs: 50 });
    expect(aborted).toEqual(['closing']);
    expect(await queue.job('quick')).toMatchObject({ state: 'done', result: 'done' });
    expect(await queue.job('stuck')).toMatchObject({ state: 'ready', attempts: 0, crashes: 0 });
  });

  test('a cancelled job is gone at once, or ends with its next renewal when it runs', async () => {
    const queue = connect().queue<number>(name('cancel'));
    await queue.add(1, { id: 'waits', delayMs: 60_000 });
    expect(await queue.cancel('waits')).toMatchObject({ state: 'cancelled' });
    await expect(queue.cancel('nobody')).rejects.toMatchObject({ code: 'not_found' });

    const reasons: unknown[] = [];
    queue.worker(
      async (_, { signal }) => {
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        reasons.push(signal.reason);
      },
      { leaseMs: 300 },
    );
    await queue.add(2, { id: 'runs' });
    await waitFor('it runs', async () => (await queue.job('runs'))?.state === 'leased');
    expect(await queue.cancel('runs')).toMatchObject({ state: 'cancelling' });
    await waitFor('it is cancelled', async () => (await queue.job('runs'))?.state === 'cancelled');
    expect(reasons).toEqual(['cancelled']);
  });

  test('leases of long jobs are renewed, and a job that takes too long fails', async () => {
    const queue = connect().queue<number>(name('long'));
    let runs = 0;
    queue.worker(
      async ({ data: ms }, { signal }) => {
        runs += 1;
        const end = Date.now() + ms;
        await waitFor('the time has passed', () => Date.now() > end || signal.aborted, { deadlineMs: 60_000 });
        return 'ended';
      },
      { leaseMs: 500 },
    );
    await queue.add(1_700, { id: 'long' });
    await queue.add(60_000, { id: 'endless', timeoutMs: 50, maxAttempts: 1 });
    await waitFor('the long one is done', async () => (await queue.job('long'))?.state === 'done');
    expect(runs).toBe(2);
    expect(await queue.job('endless')).toMatchObject({ state: 'dead', errors: [{ code: 'timeout' }] });
  });
});

describe('the client library and a gateway', () => {
  test('adds of one tick share a request', async () => {
    const queue = open({ url: gateway.url, token: 'secret' }).queue<number>('together');
    const requests = async () =>
      Number(
        /moorline_http_request_seconds_count\{[^}]*\/jobs"[^}]*\} (\d+)/.exec(
          await (await fetch(`${gateway.url}/metrics`)).text(),
        )?.[1] ?? 0,
      );
    await queue.add(-1);
    const before = await requests();
    const added = await Promise.all(Array.from({ length: 1_000 }, (_, n) => queue.add(n)));
    expect(new Set(added.map(({ id }) => id)).size).toBe(1_000);
    expect(await requests()).toBe(before + 1);
  });

  test('many thousands of jobs are added in requests of a bounded size', async () => {
    const queue = open({ url: gateway.url, token: 'secret' }).queue<{ n: number }>('many');
    const { jobs } = await queue.addMany(Array.from({ length: 20_000 }, (_, n) => ({ data: { n } })));
    expect(jobs.every(({ status }) => status === 'queued')).toBe(true);
    expect(await queue.counts()).toMatchObject({ ready: 20_000 });
  });

  test('a wrong token ends a worker with the reason', async () => {
    const queue = open({ url: gateway.url, token: 'wrong' }).queue('token');
    await expect(queue.add(1)).rejects.toMatchObject({ code: 'unauthorized' });
    const errors: unknown[] = [];
    const worker = queue.worker(() => undefined, { onError: (error) => errors.push(error) });
    await expect(worker.closed).rejects.toMatchObject({ code: 'unauthorized' });
    expect(errors).toHaveLength(1);
  });

  test('nobody at the address is an error that may be retried, once the time is up', async () => {
    const queue = open({ url: 'http://127.0.0.1:1', timeoutMs: 200 }).queue('nobody');
    await expect(queue.add(1)).rejects.toMatchObject({ code: 'gateway_unavailable', retryable: true });
    expect(() => new Moorline({ url: 'nonsense' })).toThrow('http');
    expect(() => new Moorline({ redis: 'nonsense' })).toThrow('REDIS_URI');
  });

  test('jobs of its own ids that were added before the answer got lost are no duplicates', async () => {
    const first = open({ url: gateway.url, token: 'secret', timeoutMs: 30_000 }).queue('restart');
    const port = new URL(gateway.url).port;
    await gateway.kill();
    const adding = Promise.all(Array.from({ length: 10 }, (_, n) => first.add(n)));
    gateway = await startMoorline('gateway', {
      REDIS_URI: `redis://${redis.address}`,
      MOORLINE_TOKEN: 'secret',
      MOORLINE_PORT: port,
    });
    expect((await adding).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'queued'));
  });
});
