import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Connection } from '../../../browser/connection.js';
import type { SocketEvent, SocketLike } from '../../../browser/socket.js';

/** The other side of a connection, in the hands of a test. */
class Peer implements SocketLike {
  static last: Peer | undefined;
  readonly sent: { readonly id: number; readonly ping?: object; readonly auth?: { readonly token: string } }[] = [];
  isClosed = false;
  private readonly listeners = new Map<string, (event: SocketEvent) => void>();

  constructor() {
    Peer.last = this;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as (typeof this.sent)[number]);
  }

  close(): void {
    this.isClosed = true;
  }

  addEventListener(type: string, listener: (event: SocketEvent) => void): void {
    this.listeners.set(type, listener);
  }

  does(type: string, event: Partial<SocketEvent> = {}): void {
    this.listeners.get(type)?.({ type, ...event });
  }

  says(frame: object): void {
    this.does('message', { data: JSON.stringify(frame) });
  }
}

let closed: number[];
let tokens: (string | undefined)[];
let connection: Connection;

/** A connection that waits for its peer. */
async function connect(): Promise<Peer> {
  connection = new Connection(
    { url: 'ws://gateway', Socket: Peer, token: () => Promise.resolve(tokens.shift()) },
    { ready: () => undefined, frame: () => undefined, closed: (code) => closed.push(code) },
  );
  await jest.advanceTimersByTimeAsync(0);
  if (Peer.last === undefined) throw new Error('Expected a connection');
  return Peer.last;
}

beforeEach(() => {
  jest.useFakeTimers();
  closed = [];
  tokens = [];
});

afterEach(() => {
  connection.close();
  jest.useRealTimers();
});

describe('a connection', () => {
  test('is given up when it does not open in time', async () => {
    const peer = await connect();
    await jest.advanceTimersByTimeAsync(15_000);
    expect([peer.isClosed, closed]).toEqual([true, [1006]]);
  });

  test('is given up when the token does not come in time', async () => {
    const never = new Promise<string>(() => undefined);
    connection = new Connection(
      { url: 'ws://gateway', Socket: Peer, token: () => never },
      { ready: () => undefined, frame: () => undefined, closed: (code) => closed.push(code) },
    );
    await jest.advanceTimersByTimeAsync(15_000);
    expect(closed).toEqual([1006]);
  });

  test('on which nothing comes is asked whether it is there, and lasts when it is', async () => {
    const peer = await connect();
    peer.does('open');
    await jest.advanceTimersByTimeAsync(30_000);
    const [ping] = peer.sent;
    expect(ping?.ping).toEqual({});
    peer.says({ id: ping?.id, pong: {} });
    await jest.advanceTimersByTimeAsync(20_000);
    expect(closed).toEqual([]);
  });

  test('that does not answer is over, though nobody has closed it', async () => {
    const peer = await connect();
    peer.does('open');
    await jest.advanceTimersByTimeAsync(45_000);
    expect([peer.isClosed, closed]).toEqual([true, [1006]]);
    peer.does('close', { code: 1000 });
    expect(closed).toEqual([1006]);
  });

  test('says who it is first, and again when most of the time of its token has passed', async () => {
    tokens = ['one', 'two'];
    const peer = await connect();
    peer.does('open');
    peer.says({ id: peer.sent[0]?.id, authenticated: { expiresInMs: 10_000 } });
    await jest.advanceTimersByTimeAsync(7_900);
    expect(peer.sent.map(({ auth }) => auth?.token)).toEqual(['one']);
    await jest.advanceTimersByTimeAsync(200);
    expect(peer.sent.map(({ auth }) => auth?.token)).toEqual(['one', 'two']);
  });
});
