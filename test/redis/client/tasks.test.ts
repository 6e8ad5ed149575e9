import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Moorline, NeverRetry, type MoorlineOptions } from 'moorline';
import { z } from 'zod';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let redis: RedisServer;
let gateway: MoorlineProcess;

beforeAll(async () => {
  redis = await startRedis();
  gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
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
  'through a gateway': () => open({ url: gateway.url }),
  'straight to Redis': () => open({ redis: `redis://${redis.address}` }),
};

describe.each(Object.entries(ways))('tasks of the client library %s', (way, connect) => {
  const name = (queue: string) => `${queue}.${way.replaceAll(' ', '-')}`;

  test('are answered by a worker, many at a time', async () => {
    const moorline = connect();
    const squares = moorline.queue(name('squares'), { schema: z.int() });
    squares.worker(({ data }) => data * data, { concurrency: 50 });
    const numbers = Array.from({ length: 200 }, (_, n) => n);
    expect(await Promise.all(numbers.map((n) => squares.ask<number>(n)))).toEqual(numbers.map((n) => n * n));
    expect(await moorline.tasks.ask(name('squares'), 3)).toBe(9);
    await expect(squares.ask(1.5)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('that fail say why, and those that nobody answers say so in time', async () => {
    const moorline = connect();
    const picky = moorline.queue<string>(name('picky'));
    picky.worker(({ data }) => {
      throw new NeverRetry(`not ${data}`);
    });
    await expect(picky.ask('this')).rejects.toMatchObject({
      code: 'task_failed',
      message: expect.stringContaining('not this'),
    });
    const since = performance.now();
    const lonely = moorline.tasks.ask(name('lonely'), 1, { timeoutMs: 400 });
    await expect(lonely).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(performance.now() - since).toBeGreaterThan(350);
  });

  test('that are started are found by their ids, and cancelled by them', async () => {
    const { tasks, ...moorline } = { tasks: connect().tasks, client: connect() };
    const { id } = await tasks.start(name('later'), 'x', { id: 'one' });
    expect(id).toBe(`${name('later')}:one`);
    expect(await tasks.get(id)).toMatchObject({ state: 'ready', data: 'x' });
    moorline.client.queue<string>(name('later')).worker(({ data }) => data.toUpperCase());
    expect(await tasks.get(id, { waitMs: 20_000 })).toMatchObject({ state: 'done', result: 'X' });
    expect(await tasks.get('nobody:knows')).toBeUndefined();

    const unwanted = await tasks.start(name('unwanted'), 1);
    expect(await tasks.cancel(unwanted.id)).toMatchObject({ state: 'cancelled' });
    await expect(tasks.cancel(id)).rejects.toMatchObject({ code: 'job_over' });
  });

  test('are cancelled by the signal of whoever asks, at the worker, too', async () => {
    const moorline = connect();
    const endless = moorline.queue<string>(name('endless'));
    const aborted = new Promise<void>((resolve) => {
      endless.worker(
        (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              resolve();
              reject(signal.reason as Error);
            });
          }),
        { leaseMs: 900 },
      );
    });
    const caller = new AbortController();
    const answer = endless.ask('x', { signal: caller.signal });
    const refused = expect(answer).rejects.toMatchObject({ code: 'task_cancelled' });
    await waitFor('it is at work', async () => (await endless.counts()).leased === 1);
    caller.abort();
    await refused;
    await aborted;
  });

  test('tell something before their end, to whoever follows their streams', async () => {
    const moorline = connect();
    const story = moorline.queue<string>(name('story'));
    story.worker(async ({ data, stream }, { publish }) => {
      await publish('once', 'upon');
      await publish(data);
      return stream;
    });
    const { id, stream } = await moorline.tasks.start(name('story'), 'a time', { stream: true });
    expect(await moorline.tasks.get(id, { waitMs: 20_000 })).toMatchObject({ state: 'done', result: stream });
    const client = new GatewayClient(gateway.url);
    const told = await waitFor('the end', async () => {
      const history = JSON.parse((await client.get(`/api/v1/streams/${stream ?? ''}`)).text) as {
        readonly ended: boolean;
        readonly chunks: readonly { readonly data: unknown }[];
      };
      return history.ended && history.chunks;
    });
    expect(told.map(({ data }) => data)).toEqual(['once', 'upon', 'a time']);
    await expect(moorline.tasks.ask(name('story'), 'x')).rejects.toMatchObject({
      message: expect.stringContaining('stream: true'),
    });
  });
});
