import { beforeAll, describe, expect, test } from '@jest/globals';
import { openEvents } from '../support/event-source.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';
import { TestSocket } from '../support/web-socket.js';

let redis: RedisServer;
let gateway: MoorlineProcess;
let other: MoorlineProcess;
let client: GatewayClient;
const start = (serverId: string) =>
  startMoorline('gateway', {
    REDIS_URI: `redis://${redis.address}`,
    SERVER_ID: serverId,
    POD_NAME: `pod-${serverId}`,
    MOORLINE_RECOVERABLE_TOPICS: 'kept.**, also-kept',
  });
const publish = (topic: string, ...data: readonly unknown[]) =>
  client.post(`/api/v1/topics/${topic}/messages`, { messages: data.map((one) => ({ data: one })) });
const json = async (path: string) => JSON.parse((await client.get(path)).text) as Record<string, unknown>;

beforeAll(async () => {
  redis = await startRedis();
  [gateway, other] = await Promise.all([start('one'), start('two')]);
  client = new GatewayClient(gateway.url);
  for (const { url } of [gateway, other]) {
    await waitFor('it is ready', async () => (await new GatewayClient(url).get('/readyz')).status === 200);
  }
});

describe('a recoverable topic', () => {
  test('gives what was missed to whoever comes back, at another gateway too', async () => {
    expect(JSON.parse((await publish('kept.1', 'a', 'b')).text)).toMatchObject({ published: 2, offset: 2 });
    const first = await TestSocket.open(gateway.url);
    const { subscribed } = await first.ask({ subscribe: { topic: 'kept.1', offset: 0 } });
    await waitFor('what was before', () => first.messages('kept.1').length === 2);
    await publish('kept.1', 'c');
    const second = await TestSocket.open(other.url);
    const again = await second.ask({ subscribe: { topic: 'kept.1', epoch: subscribed?.epoch, offset: 2 } });
    expect(again.subscribed).toMatchObject({ recovered: true, offset: 2 });
    await publish('kept.1', 'd');
    await waitFor('the rest', () => second.messages('kept.1').length === 2);
    expect(second.messages('kept.1')).toEqual(['c', 'd']);
    expect(second.frames.map(({ offset }) => offset).filter((offset) => offset !== undefined)).toEqual([3, 4]);
  });

  test('begins now where no offset is given, and says where that is', async () => {
    await publish('also-kept', 1, 2);
    const socket = await TestSocket.open(other.url);
    const { subscribed } = await socket.ask({ subscribe: { topic: 'also-kept' } });
    expect(subscribed).toMatchObject({ offset: 2, recovered: true });
    await publish('also-kept', 3);
    await waitFor('the next', () => socket.messages('also-kept').length === 1);
    expect(socket.messages('also-kept')).toEqual([3]);
  });

  test('is heard by wildcards as any other topic', async () => {
    const socket = await TestSocket.open(other.url);
    await socket.ask({ subscribe: { topic: 'kept.*' } });
    await publish('kept.2', 'x');
    await waitFor('it', () => socket.messages('kept.2').length === 1);
  });

  test('can be read as JSON and followed as events', async () => {
    await publish('kept.page', 'a', 'b');
    const page = await json('/api/v1/topics/kept.page?offset=1');
    expect(page).toMatchObject({ topic: 'kept.page', offset: 2, recovered: false, ended: false });
    const { epoch } = page;
    const exact = await json(`/api/v1/topics/kept.page?offset=1&epoch=${String(epoch)}`);
    expect(exact).toMatchObject({ recovered: true, chunks: [{ offset: 2, data: 'b' }] });
    const events = await openEvents(other.url, '/api/v1/topics/kept.page', { 'last-event-id': `${String(epoch)}:1` });
    await waitFor('the event', () => events.messages().length === 1);
    expect(events.list.at(-1)).toEqual({ event: 'message', id: `${String(epoch)}:2`, data: '"b"' });
    events.close();
  });

  test('keeps once what its publisher repeats', async () => {
    const body = { data: 'same', idempotencyKey: 'k' };
    const answers = [];
    for (let n = 0; n < 3; n += 1) {
      answers.push(JSON.parse((await client.post('/api/v1/topics/kept.once/messages', body)).text) as unknown);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await json('/api/v1/topics/kept.once')).toMatchObject({ chunks: [{ offset: 1, data: 'same' }] });
  });

  test('is known for days by its position, longer than its messages', async () => {
    await publish('kept.long', 1);
    const [meta, log] = await Promise.all(
      ['meta', 'log'].map((name) => redis.cli('PTTL', `ml:{:topic:kept.long}:${name}`)),
    );
    expect(Number(meta)).toBeGreaterThan(6 * 86_400_000);
    expect(Number(log)).toBeLessThan(2 * 3_600_000);
    const { epoch } = await json('/api/v1/topics/kept.long');
    await redis.cli('DEL', 'ml:{:topic:kept.long}:log');
    const socket = await TestSocket.open(other.url);
    const { subscribed } = await socket.ask({ subscribe: { topic: 'kept.long', offset: 1, epoch } });
    expect(subscribed).toMatchObject({ recovered: true, offset: 1 });
  });
});

describe('a topic that keeps nothing', () => {
  test('has no positions', async () => {
    const socket = await TestSocket.open(gateway.url);
    const { error } = await socket.ask({ subscribe: { topic: 'plain', offset: 0 } });
    expect(error?.code).toBe('invalid_request');
    const { status, body } = await client.get('/api/v1/topics/plain');
    expect([status, body.error.code]).toEqual([400, 'invalid_request']);
    expect(body.error.message).toContain('MOORLINE_RECOVERABLE_TOPICS');
  });
});

describe('servers', () => {
  test('are listed, and each tells of itself when it is asked through another', async () => {
    const { servers } = (await json('/api/v1/servers')) as { readonly servers: readonly Record<string, unknown>[] };
    expect(servers.map(({ id, kind, pod }) => [id, kind, pod])).toEqual([
      ['one', 'gateway', 'pod-one'],
      ['two', 'gateway', 'pod-two'],
    ]);
    expect(await json('/api/v1/servers/two')).toMatchObject({ ready: true, server: { serverId: 'two' } });
    expect((await client.get('/api/v1/servers/three')).status).toBe(404);
    const sent = await client.post('/api/v1/servers/three/messages', { data: 1 });
    expect([sent.status, sent.body.error.code]).toEqual([404, 'not_found']);
  });

  test('are ready only while messages come through, and measure how long that takes', async () => {
    const metrics = (await client.get('/metrics')).text;
    expect(metrics).toMatch(/redis_pubsub_latency_seconds_count\{of="probe"\} [1-9]/);
    await redis.cli('ACL', 'SETUSER', 'default', 'resetchannels');
    await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await waitFor('it is not ready', async () => (await client.get('/readyz')).status === 503);
    await redis.cli('ACL', 'SETUSER', 'default', 'allchannels');
    await waitFor('it is ready', async () => (await client.get('/readyz')).status === 200);
  });
});
