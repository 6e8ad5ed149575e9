import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';
import { TestSocket } from '../support/web-socket.js';

let redis: RedisServer;
let gateway: MoorlineProcess;
let client: GatewayClient;
const publish = (stream: string, chunks: readonly unknown[], end = false) =>
  client.post(`/api/v1/streams/${stream}/chunks`, { chunks, end });
const start = (environment: Record<string, string> = {}) =>
  startMoorline('gateway', { REDIS_URI: `redis://${redis.address}`, ...environment });

beforeAll(async () => {
  redis = await startRedis();
  gateway = await start();
  client = new GatewayClient(gateway.url);
});

describe('a WebSocket', () => {
  test.each([['moorline.json'], ['moorline.msgpack']])('follows a stream to its end, by %s', async (protocol) => {
    const stream = `talk-${protocol}`;
    await publish(stream, ['before', { n: 1 }]);
    const socket = await TestSocket.open(gateway.url, { protocols: [protocol] });
    const { subscribed } = await socket.ask({ subscribe: { stream, offset: 0, epoch: '' } });
    expect(subscribed).toEqual({ stream, offset: 0, epoch: expect.any(String), recovered: true });
    await publish(stream, ['after'], true);
    await waitFor('the end', () => socket.frames.some(({ end }) => end === true));
    expect(socket.chunks(stream)).toEqual(['before', { n: 1 }, 'after']);
    expect(socket.frames.slice(1).map(({ offset, end }) => offset ?? end)).toEqual([1, 2, 3, true]);
  });

  test('goes on after a lost connection, without a gap and without a repetition', async () => {
    await publish('reload', [1, 2, 3]);
    const first = await TestSocket.open(gateway.url);
    const { subscribed } = await first.ask({ subscribe: { stream: 'reload' } });
    await waitFor('the first', () => first.chunks('reload').length === 3);
    await publish('reload', [4, 5]);
    const second = await TestSocket.open(gateway.url);
    const again = await second.ask({ subscribe: { stream: 'reload', epoch: subscribed?.epoch, offset: 3 } });
    expect(again.subscribed).toMatchObject({ recovered: true, offset: 3 });
    await waitFor('the rest', () => second.chunks('reload').length === 2);
    expect(second.chunks('reload')).toEqual([4, 5]);
  });

  test('is told when what it missed is gone', async () => {
    await publish('lost', ['new']);
    const socket = await TestSocket.open(gateway.url);
    const { subscribed } = await socket.ask({ subscribe: { stream: 'lost', epoch: 'old', offset: 7 } });
    expect(subscribed).toMatchObject({ recovered: false, offset: 0 });
  });

  test.each([['moorline.json'], ['moorline.msgpack']])(
    'that subscribed before there was a stream learns its epoch by the first chunk, by %s',
    async (protocol) => {
      const stream = `unborn-${protocol}`;
      const socket = await TestSocket.open(gateway.url, { protocols: [protocol] });
      expect((await socket.ask({ subscribe: { stream } })).subscribed).toMatchObject({ epoch: '', offset: 0 });
      const { epoch } = JSON.parse((await publish(stream, [1, 2])).text) as { readonly epoch: string };
      await waitFor('both', () => socket.chunks(stream).length === 2);
      expect(socket.frames.slice(1).map((frame) => frame.epoch)).toEqual([epoch, undefined]);
    },
  );

  test('is answered when it asks whether anybody is there', async () => {
    const socket = await TestSocket.open(gateway.url);
    expect(await socket.ask({ ping: {} })).toEqual({ id: 1, pong: {} });
  });

  test('gets the messages of a topic in order, and of others none', async () => {
    const socket = await TestSocket.open(gateway.url);
    await socket.ask({ subscribe: { topic: 'room.1' } });
    await client.post('/api/v1/topics/room.2/messages', { data: 'elsewhere' });
    await client.post('/api/v1/topics/room.1/messages', { messages: [{ data: 1 }, { data: 2 }, { data: 3 }] });
    await waitFor('all', () => socket.messages('room.1').length === 3);
    expect(socket.messages('room.1')).toEqual([1, 2, 3]);
    expect(socket.messages('room.2')).toEqual([]);
  });

  test('may subscribe to many topics by a wildcard', async () => {
    const socket = await TestSocket.open(gateway.url);
    await socket.ask({ subscribe: { topic: 'orders.*.paid' } });
    for (const topic of ['orders.1.paid', 'orders.2.open', 'orders.3.paid']) {
      await client.post(`/api/v1/topics/${topic}/messages`, { data: topic });
    }
    await waitFor('both', () => socket.frames.filter(({ data }) => data !== undefined).length === 2);
    expect(socket.messages('orders.3.paid')).toEqual(['orders.3.paid']);
    expect(socket.frames.at(-1)).toMatchObject({ pattern: 'orders.*.paid' });
  });

  test('publishes once what has the same idempotency key', async () => {
    const socket = await TestSocket.open(gateway.url);
    await socket.ask({ subscribe: { topic: 'once' } });
    const body = { data: 'same', idempotencyKey: 'k' };
    for (let n = 0; n < 3; n += 1) await client.post('/api/v1/topics/once/messages', body);
    await client.post('/api/v1/topics/once/messages', { data: 'last' });
    await waitFor('the last', () => socket.messages('once').includes('last'));
    expect(socket.messages('once')).toEqual(['same', 'last']);
  });

  test('reaches one server by its id', async () => {
    const [one, other] = await Promise.all([start({ SERVER_ID: 'one' }), start({ SERVER_ID: 'other' })]);
    const sockets = await Promise.all([one, other].map(({ url }) => TestSocket.open(url)));
    await sockets[0]?.ask({ subscribe: { topic: 'server:one' } });
    await sockets[1]?.ask({ subscribe: { topic: 'server:other' } });
    expect((await client.post('/api/v1/servers/other/messages', { data: 'hello' })).status).toBe(202);
    await waitFor('it arrives', () => sockets[1]?.messages('server:other').length === 1);
    expect(sockets[0]?.messages('server:one')).toEqual([]);
    const { status, body } = await client.post('/api/v1/servers/nobody/messages', { data: 1 });
    expect([status, body.error.code]).toEqual([404, 'not_found']);
  });

  test('hears no more of what it has unsubscribed from', async () => {
    const socket = await TestSocket.open(gateway.url);
    await socket.ask({ subscribe: { stream: 'left' } });
    await socket.ask({ subscribe: { topic: 'left' } });
    await socket.ask({ unsubscribe: { stream: 'left' } });
    await socket.ask({ unsubscribe: { topic: 'left' } });
    await publish('left', [1]);
    await client.post('/api/v1/topics/left/messages', { data: 1 });
    await socket.ask({ subscribe: { stream: 'other-left' } });
    expect([socket.chunks('left'), socket.messages('left')]).toEqual([[], []]);
  });

  test('that does not read keeps what it misses in the history, and is then caught up', async () => {
    const socket = await TestSocket.open(gateway.url);
    await socket.ask({ subscribe: { stream: 'slow' } });
    socket.pause();
    const chunk = 'x'.repeat(200_000);
    await Promise.all(Array.from({ length: 8 }, () => publish('slow', new Array(5).fill(chunk))));
    socket.resume();
    await waitFor('all of it', () => socket.chunks('slow').length === 40 || socket.closeCode !== undefined);
    expect([socket.closeCode, socket.frames.slice(1).map(({ offset }) => offset)]).toEqual([
      undefined,
      Array.from({ length: 40 }, (_, at) => at + 1),
    ]);
  });

  test.each([
    ['is no JSON', 'not json', 3501],
    ['is no object', '[1,2]', 3501],
    ['has no id', '{"subscribe":{"stream":"s"}}', 3501],
    ['is too large', `{"id":1,"subscribe":{"stream":"${'x'.repeat(70_000)}"}}`, 1009],
  ])('is closed by its code when a frame %s', async (_, frame, code) => {
    const socket = await TestSocket.open(gateway.url);
    socket.sendRaw(frame);
    expect(await socket.closed()).toBe(code);
  });

  test('is told what is wrong with a frame whose id can be read', async () => {
    const socket = await TestSocket.open(gateway.url);
    expect((await socket.ask({ subscribe: { stream: 'a b' } })).error?.code).toBe('invalid_request');
    expect((await socket.ask({ shout: true })).error?.code).toBe('invalid_request');
  });

  test('that sends without an end is sent away', async () => {
    const socket = await TestSocket.open(gateway.url);
    for (let n = 0; n < 1_000; n += 1) socket.send({ id: n, unsubscribe: { stream: 's' } });
    expect(await socket.closed()).toBe(3013);
  });

  test('is told by 3001 that its gateway stops', async () => {
    const other = await start();
    const socket = await TestSocket.open(other.url);
    other.signal('SIGTERM');
    expect(await socket.closed()).toBe(3001);
  });
});

describe('tokens of WebSockets', () => {
  const secret = 'a secret of this test, long enough';
  /** 3500, badToken. */
  const closeFrameHead = Buffer.from([0x88, 10, 3500 >> 8, 3500 & 255]);
  let guarded: MoorlineProcess;
  const tokenFor = (claims: Record<string, unknown>, expires: string | number = '1h') =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(expires).sign(Buffer.from(secret));

  beforeAll(async () => {
    guarded = await start({ MOORLINE_TOKEN: 'gateway-token', MOORLINE_JWT_SECRET: secret });
  });

  test('a JSON Web Token opens what it names, by header, subprotocol or first frame', async () => {
    const token = await tokenFor({ streams: ['mine:*'], topics: ['news'] });
    const byHeader = await TestSocket.open(guarded.url, { headers: { authorization: `Bearer ${token}` } });
    const byProtocol = await TestSocket.open(guarded.url, { protocols: ['moorline.json', `moorline.token.${token}`] });
    const byFrame = await TestSocket.open(guarded.url);
    expect((await byFrame.ask({ subscribe: { stream: 'mine:1' } })).error?.code).toBe('forbidden');
    await byFrame.ask({ auth: { token } });
    for (const socket of [byHeader, byProtocol, byFrame]) {
      expect((await socket.ask({ subscribe: { stream: 'mine:1' } })).subscribed).toMatchObject({ recovered: true });
      expect((await socket.ask({ subscribe: { stream: 'yours' } })).error?.code).toBe('forbidden');
      expect((await socket.ask({ subscribe: { topic: 'news' } })).error).toBeUndefined();
    }
  });

  test('the token of the gateway opens everything', async () => {
    const socket = await TestSocket.open(guarded.url, { headers: { authorization: 'Bearer gateway-token' } });
    expect((await socket.ask({ subscribe: { stream: 'any' } })).error).toBeUndefined();
  });

  test.each([
    ['a wrong signature', async () => `${await tokenFor({ streams: ['*'] })}x`],
    ['no end', () => new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret))],
    ['an end that is past', () => tokenFor({}, Math.floor(Date.now() / 1_000) - 60)],
    ['nonsense', () => Promise.resolve('nonsense')],
  ])('%s opens nothing', async (_, make) => {
    const token = await make();
    await expect(TestSocket.open(guarded.url, { headers: { authorization: `Bearer ${token}` } })).rejects.toThrow(
      '401',
    );
    const socket = await TestSocket.open(guarded.url);
    socket.send({ id: 1, auth: { token } });
    expect(await socket.closed()).toBe(3500);
  });

  test('a connection ends with its token, unless it brings another in time', async () => {
    const soon = Math.floor(Date.now() / 1_000) + 3;
    const [ends, refreshed] = await Promise.all([TestSocket.open(guarded.url), TestSocket.open(guarded.url)]);
    await ends.ask({ auth: { token: await tokenFor({}, soon) } });
    await refreshed.ask({ auth: { token: await tokenFor({}, soon) } });
    await refreshed.ask({ auth: { token: await tokenFor({}) } });
    expect(await ends.closed()).toBe(3005);
    expect(refreshed.closeCode).toBeUndefined();
  });

  test('a new token that allows less ends what it does not allow', async () => {
    const socket = await TestSocket.open(guarded.url);
    await socket.ask({ auth: { token: await tokenFor({ streams: ['a', 'b'] }) } });
    for (const stream of ['a', 'b']) await socket.ask({ subscribe: { stream } });
    await socket.ask({ auth: { token: await tokenFor({ streams: ['b'] }) } });
    const told = await waitFor('it is told', () =>
      socket.frames.find(({ id, error }) => id === undefined && error !== undefined),
    );
    expect(told).toMatchObject({ stream: 'a', error: { code: 'forbidden' } });
    const guardedClient = new GatewayClient(guarded.url, 'gateway-token');
    for (const stream of ['a', 'b']) await guardedClient.post(`/api/v1/streams/${stream}/chunks`, { chunks: [stream] });
    await waitFor('what is allowed', () => socket.chunks('b').length === 1);
    expect(socket.messages('a')).toEqual([]);
    expect(socket.frames.filter(({ data }) => data === 'a')).toEqual([]);
  });

  test('who sends a frame byte by byte gets no more time than others', async () => {
    const { hostname, port } = new URL(guarded.url);
    const raw = connect(Number(port), hostname);
    raw.write(
      'GET /api/v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    const received: Buffer[] = [];
    raw.on('data', (data: Buffer) => received.push(data));
    raw.on('error', () => undefined);
    await waitFor('it is open', () => received.length > 0);
    // The head of a masked text frame of 100 bytes, and one of them.
    raw.write(Buffer.from([0x81, 0xe4, 1, 2, 3, 4, 5]));
    await waitFor('it is closed', () => raw.destroyed || Buffer.concat(received).includes(closeFrameHead));
    raw.destroy();
  });

  test('who does not say who he is, is sent away', async () => {
    const socket = await TestSocket.open(guarded.url);
    expect(await socket.closed()).toBe(3500);
  });

  test('pages of other origins get no connection', async () => {
    const strict = await start({ MOORLINE_ALLOWED_ORIGINS: 'https://app.example' });
    await TestSocket.open(strict.url, { headers: { origin: 'https://app.example' } });
    await expect(TestSocket.open(strict.url, { headers: { origin: 'https://evil.example' } })).rejects.toThrow('403');
  });
});
