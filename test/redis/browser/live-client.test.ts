import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { Inbox } from '../../../browser/inbox.js';
import { LiveClient, type LiveClientOptions, type LiveState, type StreamItem } from '../../../browser/index.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startGatewayAt } from '../support/gateway-at.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let environment: Record<string, string>;
let gateway: MoorlineProcess;
let http: GatewayClient;
const opened = new Set<LiveClient>();

const publish = (stream: string, chunks: readonly unknown[], end = false) =>
  http.post(`/api/v1/streams/${stream}/chunks`, { chunks, end });
const say = (topic: string, data: unknown) => http.post(`/api/v1/topics/${topic}/messages`, { data });

/** A client, and the states that it was in. */
function open(options: LiveClientOptions = {}): { readonly live: LiveClient; readonly states: LiveState[] } {
  const states: LiveState[] = [];
  const live = new LiveClient({
    url: gateway.url,
    WebSocket,
    onStateChange: (state) => {
      states.push(state);
    },
    ...options,
  });
  opened.add(live);
  return { live, states };
}

/** Reads in the background; what it has so far. */
function read<T>(items: AsyncIterable<T>): { readonly list: T[]; readonly done: Promise<void> } {
  const list: T[] = [];
  const run = async (): Promise<void> => {
    for await (const item of items) list.push(item);
  };
  const done = run();
  done.catch(() => undefined);
  return { list, done };
}

/** To see what waits. */
function inboxOf<T extends object>(items: AsyncIterable<T>): Inbox<T> {
  if (!(items instanceof Inbox)) throw new Error('Expected an inbox');
  return items as Inbox<T>;
}

const dataOf = (items: readonly StreamItem<unknown>[]) => items.map((item) => (item.recovered ? item.data : 'restart'));

beforeAll(async () => {
  const redis = await startRedis();
  environment = { REDIS_URI: `redis://${redis.address}` };
  gateway = await startMoorline('gateway', environment);
  http = new GatewayClient(gateway.url);
});

afterEach(() => {
  for (const live of opened) live.close();
  opened.clear();
});

describe('a stream', () => {
  test('is read to its end: what was there, and what comes', async () => {
    await publish('whole', ['a', { b: 1 }]);
    const { live } = open();
    const { list, done } = read(live.stream('whole'));
    await waitFor('what was there', () => list.length === 2);
    await publish('whole', [null], true);
    await done;
    expect(dataOf(list)).toEqual(['a', { b: 1 }, null]);
    expect(list.map(({ offset }) => offset)).toEqual([1, 2, 3]);
  });

  test('goes on after the gateway was replaced, with nothing missing and nothing twice', async () => {
    const other = await startGatewayAt(environment);
    const { live, states } = open({ url: other.url });
    // Followed before it exists: which history it is, is told by its first chunk.
    const { list, done } = read(live.stream('on'));
    await waitFor('it is followed', () => live.state === 'open');
    await publish('on', [1, 2]);
    await waitFor('the first chunks', () => list.length === 2);
    await Promise.all([other.crash(), publish('on', [3, 4])]);
    await publish('on', [5], true);
    await done;
    expect(dataOf(list)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(list.map(({ epoch }) => epoch)).size).toBe(1);
    expect(states).toContain('waiting');
  });

  test('says that chunks are gone before it goes on with what there is', async () => {
    await publish('other', ['new'], true);
    const { live } = open();
    const { list, done } = read(live.stream('other', { epoch: 'old', offset: 7 }));
    await done;
    expect(list.map(({ recovered, offset }) => [recovered, offset])).toEqual([
      [false, 0],
      [true, 1],
    ]);
  });

  test('goes on where an earlier page was', async () => {
    await publish('saved', [1, 2, 3], true);
    const first = read(open().live.stream('saved'));
    await first.done;
    const second = read(open().live.stream('saved', first.list[1]));
    await second.done;
    expect(dataOf(second.list)).toEqual([3]);
  });

  test('waits in Redis while its reader is busy', async () => {
    const { live } = open({ maxBuffered: 10 });
    const items = inboxOf(live.stream('busy'));
    const numbers = Array.from({ length: 300 }, (_, at) => at);
    await publish('busy', numbers, true);
    await waitFor('the buffer is full', () => items.waiting.length === 10);
    const seen: unknown[] = [];
    for await (const item of items) {
      expect(items.waiting.length).toBeLessThanOrEqual(10);
      if (item.recovered) seen.push(item.data);
    }
    expect(seen).toEqual(numbers);
  });

  test('is left by leaving its loop, and may be followed again', async () => {
    await publish('left', [1, 2]);
    const { live } = open();
    const items = live.stream('left');
    expect(() => live.stream('left')).toThrow('one loop');
    for await (const { offset } of items) if (offset === 1) break;
    const again = read(live.stream('left'));
    await waitFor('it comes again', () => again.list.length === 2);
  });

  test('that the gateway refuses throws, and others go on', async () => {
    const { live } = open();
    const other = read(live.stream('fine'));
    await expect(read(live.stream('not fine')).done).rejects.toMatchObject({ code: 'invalid_request' });
    await publish('fine', [1], true);
    await other.done;
  });
});

describe('a topic', () => {
  test('brings what is said, by each pattern once', async () => {
    const { live } = open();
    const [one, all] = [read(live.topic('room.1')), read(live.topic('room.*'))];
    await waitFor('both are heard', async () => {
      await say('room.1', 'probe');
      return one.list.length > 0 && all.list.length > 0;
    });
    await say('room.1', 'a');
    await say('room.2', 'b');
    await waitFor('the last', () => all.list.at(-1)?.data === 'b');
    const said = ({ list }: typeof one) => list.filter(({ data }) => data !== 'probe');
    expect(said(one)).toEqual([{ topic: 'room.1', data: 'a', missed: false }]);
    expect(said(all).map(({ topic, data }) => [topic, data])).toEqual([
      ['room.1', 'a'],
      ['room.2', 'b'],
    ]);
  });

  test('says that messages may be missing after the connection was lost', async () => {
    const other = await startGatewayAt(environment);
    const { live } = open({ url: other.url });
    const { list } = read(live.topic('lossy'));
    await waitFor('it is heard', async () => {
      await say('lossy', 'before');
      return list.length > 0;
    });
    await other.replace();
    await waitFor('it is heard again', async () => {
      await say('lossy', 'after');
      return list.some(({ data }) => data === 'after');
    });
    expect(list.filter(({ missed }) => missed).map(({ data }) => data)).toEqual(['after']);
  });

  test('that the gateway keeps misses nothing', async () => {
    const kept = { ...environment, MOORLINE_RECOVERABLE_TOPICS: 'kept' };
    const [other, publisher] = await Promise.all([startGatewayAt(kept), startMoorline('gateway', kept)]);
    const publisherClient = new GatewayClient(publisher.url);
    const tell = (data: string) => publisherClient.post('/api/v1/topics/kept/messages', { data });
    const { live } = open({ url: other.url });
    const { list } = read(live.topic('kept'));
    await waitFor('it is heard', async () => {
      await tell('before');
      return list.length > 0;
    });
    await Promise.all([other.crash(), tell('meanwhile')]);
    await tell('after');
    await waitFor('the last', () => list.at(-1)?.data === 'after');
    expect(list.filter(({ data }) => data !== 'before')).toEqual([
      { topic: 'kept', data: 'meanwhile', missed: false },
      { topic: 'kept', data: 'after', missed: false },
    ]);
  });

  test('keeps what is new when nobody takes what is old, and says so', async () => {
    const { live } = open({ maxBuffered: 2 });
    const { waiting } = inboxOf(live.topic('flood'));
    await waitFor('it is heard', async () => {
      await say('flood', 0);
      return waiting.length === 2;
    });
    for (const n of [1, 2, 3]) await say('flood', n);
    await waitFor('the last', () => waiting.at(-1)?.data === 3);
    expect(waiting).toEqual([
      { topic: 'flood', data: 2, missed: true },
      { topic: 'flood', data: 3, missed: false },
    ]);
  });
});

describe('a client', () => {
  const secret = 'a secret of this test, long enough';
  let guarded: MoorlineProcess;
  const tokenFor = (claims: Record<string, unknown>, seconds: number) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
      .sign(Buffer.from(secret));

  beforeAll(async () => {
    guarded = await startMoorline('gateway', {
      ...environment,
      MOORLINE_TOKEN: 'gateway-token',
      MOORLINE_JWT_SECRET: secret,
    });
  });

  test('brings a new token before the old one ends, and keeps its connection', async () => {
    let asked = 0;
    const token = () => tokenFor({ streams: ['mine'] }, (asked += 1) < 3 ? 4 : 3_600);
    const { live, states } = open({ url: guarded.url, token });
    const { list } = read(live.stream('mine'));
    await waitFor('a third token', () => asked === 3);
    await publish('mine', ['still here']);
    await waitFor('a chunk', () => list.length === 1);
    expect(states).toEqual(['connecting', 'open']);
  });

  test('whose token is refused stops, and says why', async () => {
    const { live, states } = open({ url: guarded.url, token: 'nonsense' });
    await expect(read(live.stream('s')).done).rejects.toMatchObject({ code: 'closed', closeCode: 3500 });
    expect(states).toEqual(['connecting', 'open', 'stopped']);
    expect(() => live.stream('s')).toThrow('closed');
  });

  test('throws where it may not read', async () => {
    const { live } = open({ url: guarded.url, token: () => tokenFor({ topics: ['news'] }, 60) });
    await expect(read(live.stream('secret')).done).rejects.toMatchObject({ code: 'forbidden' });
    expect(live.state).toBe('open');
  });

  test('tries again for as long as it was told, and no longer', async () => {
    const nowhere = 'http://127.0.0.1:9';
    const { live, states } = open({ url: nowhere, maxAttempts: 3 });
    await expect(read(live.stream('s')).done).rejects.toMatchObject({ code: 'gave_up' });
    expect(states.filter((state) => state === 'connecting').length).toBe(3);
  });

  test('tries again when no token could be had', async () => {
    let asked = 0;
    const token = () => ((asked += 1) < 2 ? Promise.reject(new Error('offline')) : Promise.resolve('gateway-token'));
    const { live } = open({ url: guarded.url, token });
    void read(live.stream('s'));
    await waitFor('a connection', () => live.state === 'open');
  });

  test('ends its loops when it is closed', async () => {
    const { live } = open();
    const loops = [read(live.stream('s')), read(live.topic('t'))];
    await waitFor('a connection', () => live.state === 'open');
    live.close();
    await Promise.all(loops.map(({ done }) => done));
    expect(live.state).toBe('stopped');
  });
});

test('the gateway serves the client to pages of every origin', async () => {
  const { status, headers, text } = await http.get('/browser/index.js');
  expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  expect(headers.get('content-type')).toContain('text/javascript');
  expect(text).toContain('LiveClient');
  const etag = headers.get('etag') ?? '';
  expect((await http.get('/browser/index.js', { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await http.get('/browser/..%2Fapp%2Fmain.js')).status).toBe(404);
});
