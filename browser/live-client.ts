import { consequenceOf, delayMs } from './close-rules.js';
import { Connection } from './connection.js';
import type { Followed, Host } from './followed.js';
import { keyOf, type ServerFrame } from './frames.js';
import { LiveError } from './live-error.js';
import type { LiveClientOptions, LiveState } from './options.js';
import { ownSocketClass, socketUrl, type SocketClass } from './socket.js';
import { StreamFollower } from './stream-follower.js';
import { TopicFollower } from './topic-follower.js';
import type { Position, StreamItem, TopicMessage } from './types.js';

/** A connection that lasted so long was no failed attempt. */
const steadyMs = 5_000;
const beginning: Position = { epoch: '', offset: 0 };

/**
 * Follows streams and topics of a gateway on one WebSocket, which it opens with the first of them and opens again whenever it is
 * lost: readers only wait a little longer.
 *
 * @example
 *     const live = new LiveClient({ url: 'https://live.example.com' });
 *     for await (const chunk of live.stream('answer-42')) {
 *       if (chunk.recovered) output.append(chunk.data);
 *       else output.replaceChildren();
 *     }
 */
export class LiveClient {
  private readonly url: string;
  private readonly Socket: SocketClass;
  private readonly followed = new Map<string, Followed>();
  /** How often what is followed could not be subscribed to, one time after the other. */
  private readonly refusals = new WeakMap<Followed, number>();
  private connection: Connection | undefined;
  private connectedAt = 0;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private current: LiveState = 'idle';

  constructor(private readonly options: LiveClientOptions = {}) {
    this.url = socketUrl(options.url);
    this.Socket = options.WebSocket ?? ownSocketClass();
    (globalThis as Partial<EventTarget>).addEventListener?.('online', this.hurry);
  }

  get state(): LiveState {
    return this.current;
  }

  /**
   * The chunks of a stream after `from`, each once and in order, until it ends. An item with `recovered: false` has no data: it says
   * that chunks are gone, so that what came before it has to be built anew. Leave the loop to unsubscribe.
   *
   * @throws LiveError from the loop: what the gateway refuses, and what ends the client
   */
  stream<T = unknown>(name: string, from: Position = beginning): AsyncIterableIterator<StreamItem<T>> {
    const { epoch, offset } = from;
    return this.follow(new StreamFollower<T>(name, { epoch, offset }, this.maxBuffered, this.host)).items;
  }

  /** Messages of a topic from now on, at most once. `*` is one part of a topic, `**` at the end all that follow. */
  topic<T = unknown>(pattern: string): AsyncIterableIterator<TopicMessage<T>> {
    return this.follow(new TopicFollower<T>(pattern, this.maxBuffered, this.host)).items;
  }

  /** Ends all loops, without an error. */
  close(): void {
    this.stop();
  }

  private readonly hurry = (): void => {
    if (this.current === 'waiting') this.connect();
  };

  private readonly host: Host = {
    subscribe: (one) => {
      if (this.current === 'idle') this.connect();
      else this.subscribe(one);
    },
    unsubscribe: (one) => {
      if (this.isFollowed(one)) this.connection?.ask({ unsubscribe: one.subject });
    },
    forget: (one) => {
      if (this.isFollowed(one)) this.followed.delete(keyOf(one.subject));
    },
  };

  private get maxBuffered(): number {
    return this.options.maxBuffered ?? 1_000;
  }

  private isFollowed(one: Followed): boolean {
    return this.followed.get(keyOf(one.subject)) === one;
  }

  private follow<F extends Followed>(one: F): F {
    if (this.current === 'stopped')
      throw new LiveError('closed', 'Expected a client that is not closed; make another.');
    const key = keyOf(one.subject);
    if (this.followed.has(key)) throw new TypeError(`Expected one loop for the ${key}; end the other one first.`);
    this.followed.set(key, one);
    this.host.subscribe(one);
    return one;
  }

  private connect(): void {
    clearTimeout(this.retry);
    this.become('connecting');
    this.connectedAt = Infinity;
    const { url, Socket } = this;
    this.connection = new Connection(
      { url, Socket, token: () => this.token() },
      {
        ready: () => {
          this.connectedAt = Date.now();
          this.become('open');
          for (const one of this.followed.values()) this.subscribe(one);
        },
        frame: (frame) => {
          this.take(frame);
        },
        closed: (code, reason) => {
          this.lost(code, reason);
        },
      },
    );
  }

  private take(frame: ServerFrame): void {
    const one = this.followed.get(keyOf(frame));
    if (one === undefined) return;
    if (frame.error === undefined) one.take(frame);
    else this.refuse(one, frame.error);
  }

  private async token(): Promise<string | undefined> {
    const { token } = this.options;
    return typeof token === 'function' ? token() : token;
  }

  private subscribe(one: Followed): void {
    const { connection } = this;
    const { wanted } = one;
    if (wanted === undefined || connection === undefined) return;
    connection.ask({ subscribe: wanted }, ({ subscribed, error }) => {
      if (!this.isFollowed(one)) return;
      if (error === undefined) {
        this.refusals.delete(one);
        one.begun(subscribed ?? {});
      } else if (error.retryable) {
        this.subscribeLater(one, connection);
      } else {
        this.refuse(one, error);
      }
    });
  }

  private refuse(one: Followed, { code, message }: NonNullable<ServerFrame['error']>): void {
    this.host.forget(one);
    one.end(new LiveError(code, message));
  }

  /** On the same connection: a new one subscribes to everything anyway. */
  private subscribeLater(one: Followed, connection: Connection): void {
    const refused = this.refusals.get(one) ?? 0;
    this.refusals.set(one, refused + 1);
    setTimeout(() => {
      if (this.isFollowed(one) && this.connection === connection) this.subscribe(one);
    }, delayMs(refused));
  }

  private lost(code: number, reason: string): void {
    this.connection = undefined;
    for (const one of this.followed.values()) one.interrupted();
    const consequence = consequenceOf(code);
    if (consequence === 'stop') {
      this.stop(new LiveError('closed', `The gateway wants no more of this client: ${reason} (${code}).`, code));
    } else if (![...this.followed.values()].some(({ wanted }) => wanted !== undefined)) {
      this.become('idle');
    } else {
      if (Date.now() - this.connectedAt > steadyMs) this.failures = 0;
      const delay = delayMs(this.failures, consequence);
      this.failures += 1;
      if (this.failures >= (this.options.maxAttempts ?? Infinity)) this.stop(gaveUp(this.failures));
      else this.wait(delay);
    }
  }

  private wait(delay: number): void {
    this.retry = setTimeout(() => {
      this.connect();
    }, delay);
    this.become('waiting');
  }

  private stop(error?: LiveError): void {
    (globalThis as Partial<EventTarget>).removeEventListener?.('online', this.hurry);
    clearTimeout(this.retry);
    this.connection?.close();
    this.connection = undefined;
    const followed = [...this.followed.values()];
    this.followed.clear();
    this.become('stopped');
    for (const one of followed) one.end(error);
  }

  private become(state: LiveState): void {
    if (this.current === state) return;
    this.current = state;
    this.options.onStateChange?.(state);
  }
}

const gaveUp = (attempts: number): LiveError =>
  new LiveError(
    'gave_up',
    `Expected a gateway within ${attempts} attempts. Is the address right, and the page allowed?`,
  );
