import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Message } from '../../../app/bus/envelope.js';
import { openBus, valueOf } from '../support/bus.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let redis: RedisServer;
const open = (serverId: string, options = {}) => openBus(`redis://${redis.address}`, serverId, options);
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
const dataOf = ({ json }: Message): unknown => JSON.parse(json.toString());

beforeAll(async () => {
  redis = await startRedis();
});

describe('topics', () => {
  test('carry thousands of messages in their order to every process that listens, in few calls of Redis', async () => {
    const [{ bus: one, metrics }, { bus: two }] = [await open('one'), await open('two')];
    const got = { one: [] as unknown[], two: [] as unknown[] };
    await one.subscribe('orders', (message) => void got.one.push(dataOf(message)));
    await two.subscribe('orders', (message) => void got.two.push(dataOf(message)));
    const before = await valueOf(metrics, 'moorline_redis_commands_total{role="command"}');
    await Promise.all(numbers(5_000).map((n) => one.publish('orders', n)));
    await waitFor('all messages', () => got.one.length >= 5_000 && got.two.length >= 5_000);
    expect(got).toEqual({ one: numbers(5_000), two: numbers(5_000) });
    expect((await valueOf(metrics, 'moorline_redis_commands_total{role="command"}')) - before).toBeLessThan(100);
  });

  test('are measured from their publishing to their handler, and so is the way through Redis when nobody says anything', async () => {
    const { bus, metrics } = await open('measured');
    const count = (of: string) => valueOf(metrics, `redis_pubsub_latency_seconds_count{of="${of}"}`);
    await bus.subscribe('news', () => undefined);
    await waitFor('a probe', async () => (await count('probe')) > 0);
    await bus.publish('news', 'hello');
    await waitFor('the message', async () => (await count('message')) === 1);
    const sum = await valueOf(metrics, 'redis_pubsub_latency_seconds_sum{of="probe"}');
    expect(sum).toBeGreaterThan(0);
  });

  test('keep their order with a handler that takes its time, while other topics of the same subscription go on', async () => {
    const { bus } = await open('slow');
    const handled: string[] = [];
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await bus.subscribe('rooms.*', async (message) => {
      handled.push(`${String(message.topic)} ${String(dataOf(message))}`);
      if (message.topic === 'rooms.1') await held;
    });
    // These two are not on the same channel.
    for (const n of [1, 2]) for (const topic of ['rooms.1', 'rooms.2']) await bus.publish(topic, n);
    await waitFor('the other topic', () => handled.includes('rooms.2 2'));
    expect(handled.filter((one) => one.startsWith('rooms.1'))).toEqual(['rooms.1 1']);
    letGo();
    await waitFor('all', () => handled.length === 4);
    expect(handled.filter((one) => one.startsWith('rooms.1'))).toEqual(['rooms.1 1', 'rooms.1 2']);
  });

  test('lose no message where the policy is to block, however slow the handler', async () => {
    const [{ bus: publisher }, { bus, metrics }] = [await open('fast'), await open('blocked')];
    const got: unknown[] = [];
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await bus.subscribe(
      'flood',
      async (message) => {
        got.push((dataOf(message) as { readonly n: number }).n);
        await held;
      },
      { maxWaiting: 10, maxWaitingBytes: 100_000, overflow: 'block' },
    );
    const text = 'x'.repeat(10_000);
    const sent = Promise.all(numbers(1_000).map((n) => publisher.publish('flood', { n, text })));
    await sent;
    // Some megabytes wait in Redis, not in this process.
    await waitFor('the first', () => got.length === 1);
    letGo();
    await waitFor('all', () => got.length === 1_000);
    expect(got).toEqual(numbers(1_000));
    expect(await valueOf(metrics, 'moorline_bus_messages_dropped_total{policy="block"}')).toBe(0);
  });

  test('without room are dropped by their policy, and counted', async () => {
    const { bus, metrics } = await open('full');
    await bus.subscribe('much', () => new Promise(() => undefined), { maxWaiting: 2, overflow: 'drop-newest' });
    await Promise.all(numbers(10).map((n) => bus.publish('much', n)));
    const dropped = () => valueOf(metrics, 'moorline_bus_messages_dropped_total{policy="drop-newest"}');
    await waitFor('they are counted', async () => (await dropped()) === 7);
  });
});

describe('servers', () => {
  test('list themselves while they listen, and are gone when they stop', async () => {
    const [{ bus: a }, { bus: b }] = [await open('server-a'), await open('server-b')];
    a.start();
    b.start();
    await waitFor('both', async () => (await a.servers()).filter(({ id }) => id.startsWith('server-')).length === 2);
    const [first] = (await b.servers()).filter(({ id }) => id === 'server-a');
    expect(first).toMatchObject({ kind: 'gateway', pod: 'pod of server-a', version: '0', startedAt: 1 });
    expect(Math.abs(Date.now() - (first?.lastHeardAt ?? 0))).toBeLessThan(60_000);
    await b.close();
    expect((await a.servers()).map(({ id }) => id)).not.toContain('server-b');
  });

  test('that are silent are dropped by the clock of Redis, with what they said of themselves', async () => {
    const [{ bus }, { bus: dead }] = [await open('alive'), await open('dead')];
    dead.start();
    await waitFor('it is there', async () => (await bus.servers()).some(({ id }) => id === 'dead'));
    await redis.cli('ZADD', 'ml:{:servers}:heard', '1', 'long-dead');
    await redis.cli('HSET', 'ml:{:servers}:about', 'long-dead', '{}');
    expect((await bus.servers()).map(({ id }) => id)).not.toContain('long-dead');
    await expect(bus.send('long-dead', 1)).rejects.toMatchObject({ code: 'not_found' });
    bus.start();
    await waitFor(
      'it is dropped',
      async () => (await redis.cli('HEXISTS', 'ml:{:servers}:about', 'long-dead')) === '0',
    );
    expect(await redis.cli('ZSCORE', 'ml:{:servers}:heard', 'long-dead')).toBe('');
  });

  test('get what is sent to them alone; one that nobody knows, and one that does not listen, are told apart', async () => {
    const [{ bus: a }, { bus: b }] = [await open('to-a'), await open('to-b')];
    const got: unknown[] = [];
    await b.subscribe('server:to-b', (message) => void got.push(dataOf(message)));
    await waitFor('it is known', async () => (await a.servers()).some(({ id }) => id === 'to-b'));
    await a.send('to-b', 'hello');
    await waitFor('it', () => got.length === 1);
    await expect(a.send('nobody', 1)).rejects.toMatchObject({ code: 'not_found' });
    await redis.cli('ZADD', 'ml:{:servers}:heard', String(Date.now()), 'deaf');
    await expect(a.send('deaf', 1)).rejects.toMatchObject({ code: 'redis_unavailable', retryable: true });
    await redis.cli('ZREM', 'ml:{:servers}:heard', 'deaf');
  });

  test('answer the requests of others: with what their method says, or with its error', async () => {
    const [{ bus: a }, { bus: b }] = [await open('asks'), await open('answers')];
    b.answer('double', (n) => 2 * (n as number));
    b.answer('fail', () => {
      throw new Error('of my own');
    });
    b.start();
    await waitFor('it is known', async () => (await a.servers()).some(({ id }) => id === 'answers'));
    const ask = (method: string, data: unknown) => a.request('answers', method, data, { timeoutMs: 20_000 });
    expect(await Promise.all(numbers(100).map((n) => ask('double', n)))).toEqual(numbers(100).map((n) => 2 * n));
    await expect(ask('fail', 1)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('of my own'),
    });
    await expect(ask('unheard-of', 1)).rejects.toMatchObject({ code: 'not_found' });
    await expect(a.request('nobody', 'double', 1, { timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('that do not answer in time cost a request its deadline, and the method hears that nobody waits any more', async () => {
    const [{ bus: a }, { bus: b }] = [await open('impatient'), await open('pensive')];
    let aborted = false;
    b.answer('think', (_, { signal }) => {
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          resolve(undefined);
        });
      });
    });
    b.start();
    await waitFor('it is known', async () => (await a.servers()).some(({ id }) => id === 'pensive'));
    await expect(a.request('pensive', 'think', 1, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    await waitFor('it hears', () => aborted);
    await expect(a.request('pensive', 'think', 1, { timeoutMs: 0 })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
