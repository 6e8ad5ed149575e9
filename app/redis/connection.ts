import { Command as IoredisCommand, Redis } from 'ioredis';
import { reachableAt, type HostPort, type RedisConfig } from '../config/index.js';
import { beforeDeadline, Deadline } from '../resilience/deadline.js';
import { commonOptions, readCredentials, tlsOptions } from './client-options.js';
import type { FoundData } from './data-judgement.js';
import { epochKey } from './epoch.js';
import { kindOfRedisError, NotSentError } from './redis-errors.js';
import { judgeServer, type ServerIdentity } from './server-check.js';

/** A command and its arguments. */
export type Command = readonly [string, ...(string | number | Buffer)[]];

export interface ConnectionSettings {
  readonly redis: RedisConfig;
  /** Shown by CLIENT LIST. */
  readonly name: string;
  /** Without a byte for so long while a reply is due, the connection is closed. */
  readonly socketTimeoutMs: number;
  /** Of the Redis protocol: 3 allows subscriptions and commands on one connection, 2 has the same shapes of replies from every server. @default 2 */
  readonly protocol?: 2 | 3;
  /** How the data of the server are judged before it is used; without it any data will do. */
  readonly data?: {
    /** Of this process's own mark. */
    readonly markKey: string;
    /** Called when the server is asked; what it answers throws when the server is not to be used since it lacks data. */
    readonly judge: () => (found: FoundData) => void;
  };
  /** Called with each command. */
  readonly onSend?: () => void;
}

/** A frozen server accepts a connection and then says nothing: the whole of connect, login and check has so long. */
const openDeadlineMs = 3_000;

/** Connects, logs in and checks that the server is one to write to; rejects with an error whose message says why not. */
export async function openConnection(address: HostPort, settings: ConnectionSettings): Promise<Connection> {
  const client = await createClient(address, settings);
  let failure: Error | undefined;
  client.on('error', (error: Error) => {
    failure ??= error;
  });
  try {
    return await beforeDeadline(
      handshake(client, address, settings),
      Deadline.after(openDeadlineMs),
      () => new Error(`no answer within ${openDeadlineMs} ms`),
    );
  } catch (error) {
    client.disconnect();
    const reason = describe(failure ?? (error as Error));
    throw new Error(`${formatAddress(address)}: ${reason}`);
  }

  async function handshake(client: Redis, at: HostPort, { redis, data }: ConnectionSettings): Promise<Connection> {
    await client.connect();
    const admit = data?.judge();
    const finding = data === undefined ? undefined : findData(client, data.markKey);
    // A server of another kind refuses to tell; what is said of it by INFO is the better reason.
    finding?.catch(() => undefined);
    const [info, clientId] = await Promise.all([client.info(), client.client('ID')]);
    // ioredis goes on when SELECT fails: everything would land in database 0.
    if (failure !== undefined) throw failure;
    const verdict = judgeServer(info, redis.target.kind);
    if (!verdict.usable) throw new Error(verdict.reason);
    if (finding !== undefined) admit?.(await finding);
    return new Connection(client, at, verdict.server, clientId, settings.onSend);
  }
}

async function findData(client: Redis, markKey: string): Promise<FoundData> {
  const [epoch, mark] = await Promise.all([client.get(epochKey), client.get(markKey)]);
  return { epoch: epoch ?? undefined, mark: mark === null ? undefined : Number(mark) };
}

/**
 * One socket to one server, from its check to its end. It never reconnects and never sends anything twice:
 * when it ends, every call under way rejects, so what came before and after a lost connection cannot be confused.
 */
export class Connection {
  /** Resolves with the reason when the connection ends; calls under way reject within `disconnectTimeout`. */
  readonly closed: Promise<string>;
  private open = true;
  private holds = 0;
  private isGathering = false;
  private reason: string | undefined;
  private end!: (reason: string) => void;

  constructor(
    private readonly client: Redis,
    readonly address: HostPort,
    readonly server: ServerIdentity,
    /** CLIENT UNBLOCK wants it. */
    readonly clientId: number,
    private readonly onSend?: () => void,
  ) {
    client.on('error', (error: Error) => {
      this.reason ??= describe(error);
    });
    this.closed = new Promise((resolve) => {
      this.end = resolve;
    });
    client.once('end', () => {
      this.open = false;
      this.end(this.reason ?? 'the server closed the connection');
    });
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** The reply, strings as Buffers. Rejects with the error of Redis or of the lost connection. */
  send([name, ...args]: Command): Promise<unknown> {
    if (!this.open) return Promise.reject(new NotSentError());
    this.onSend?.();
    this.gather();
    return this.client.sendCommand(new IoredisCommand(name, args, asBuffers)) as Promise<unknown>;
  }

  /** What arrives for its subscriptions; for protocol 3. */
  onMessage(listener: (channel: string, message: Buffer) => void): void {
    this.client.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      listener(channel.toString(), message);
    });
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    if (!this.open) throw new NotSentError();
    await this.client.subscribe(...channels);
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    if (!this.open) throw new NotSentError();
    await this.client.unsubscribe(...channels);
  }

  /** Reads nothing more until the answer is called. */
  hold(): () => void {
    this.holds += 1;
    this.client.stream.pause();
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.holds -= 1;
      if (this.holds === 0 && this.open) this.client.stream.resume();
    };
  }

  /** What is sent in one turn of the event loop leaves by one write: a write for each command would cost more than the command. */
  private gather(): void {
    if (this.isGathering) return;
    this.isGathering = true;
    const { stream } = this.client;
    stream.cork();
    process.nextTick(() => {
      this.isGathering = false;
      stream.uncork();
    });
  }

  /** Ends the connection now; calls under way reject. */
  drop(reason: string): void {
    if (!this.open) return;
    this.open = false;
    this.client.disconnect();
    this.end(reason);
  }
}

/** Replies as they come. */
const asBuffers = { replyEncoding: null };

async function createClient(address: HostPort, settings: ConnectionSettings): Promise<Redis> {
  const { redis, name, socketTimeoutMs, protocol = 2 } = settings;
  return new Redis({
    ...commonOptions,
    ...(await readCredentials(redis)),
    ...(await tlsOptions(redis.tls)),
    ...reachableAt(address, redis.addressMap),
    connectionName: name,
    socketTimeout: socketTimeoutMs,
    protocol,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  });
}

/** Without the stack and the command of the error: those hold the password after a failed login. */
function describe(error: Error): string {
  const message = error.message === '' ? ((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
  if (message.startsWith('Unknown RESP type')) return 'it does not speak the protocol of Redis';
  return kindOfRedisError(error) === 'connection-lost' && message.startsWith('Connection is closed')
    ? 'the server closed the connection'
    : message;
}

export function formatAddress({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
