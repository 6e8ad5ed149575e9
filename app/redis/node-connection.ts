import { Redis } from 'ioredis';
import type { HostPort, RedisConfig } from '../config/index.js';
import { commonOptions, readCredentials, tlsOptions } from './client-options.js';
import { formatAddress, type Command } from './connection.js';
import type { Closable } from './keeper.js';

/** A server that owes an answer for so long is taken for dead. */
const socketTimeoutMs = 2_000;

/** One connection to one data node whatever its role, for questions and orders to this very server. */
export class NodeConnection implements Closable {
  readonly closed: Promise<string>;
  private open = true;

  private constructor(private readonly client: Redis) {
    this.closed = new Promise((resolve) => {
      client.once('end', () => {
        this.open = false;
        resolve('the connection to the data node ended');
      });
    });
  }

  /** `name` is shown by CLIENT LIST. Rejects with an Error whose message says why. */
  static async open(address: HostPort, redis: RedisConfig, name: string): Promise<NodeConnection> {
    const client = new Redis({
      ...commonOptions,
      ...(await readCredentials(redis)),
      ...(await tlsOptions(redis.tls)),
      ...address,
      connectionName: name,
      socketTimeout: socketTimeoutMs,
      enableOfflineQueue: false,
      retryStrategy: () => null,
    });
    let failure: Error | undefined;
    client.on('error', (error: Error) => {
      failure ??= error;
    });
    try {
      await client.connect();
      return new NodeConnection(client);
    } catch (error) {
      client.disconnect();
      throw new Error(`${formatAddress(address)}: ${(failure ?? (error as Error)).message}`);
    }
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** The reply, strings as text. Rejects with the error of Redis or of the lost connection. */
  send([name, ...args]: Command): Promise<unknown> {
    return this.client.call(name, args);
  }

  drop(): void {
    if (!this.open) return;
    this.open = false;
    this.client.disconnect();
  }
}
