import { Redis } from 'ioredis';
import { reachableAt, type HostPort, type RedisConfig } from '../config/index.js';
import { commonOptions, sentinelCredentials, tlsOptions } from './client-options.js';
import { formatAddress } from './connection.js';
import type { Closable } from './keeper.js';
import type { SentinelAnswer } from './sentinel-vote.js';

/** A Sentinel that owes an answer for so long is taken for dead. */
const socketTimeoutMs = 2_000;

/** What a Sentinel announces when the primary has changed; the first comes about a second before the second. */
const announcements = ['+promoted-slave', '+switch-master'];

/** One connection to one Sentinel, for its announcements and for questions (RESP3 allows both on one). */
export class SentinelConnection implements Closable {
  readonly closed: Promise<string>;
  private open = true;

  private constructor(
    private readonly client: Redis,
    private readonly primaryName: string,
  ) {
    this.closed = new Promise((resolve) => {
      client.once('end', () => {
        this.open = false;
        resolve('the connection to the Sentinel ended');
      });
    });
  }

  /** `onFailover` is called when the Sentinel announces a new primary of that name. */
  static async open(
    address: HostPort,
    redis: RedisConfig,
    primaryName: string,
    onFailover: () => void,
  ): Promise<SentinelConnection> {
    const client = new Redis({
      ...commonOptions,
      ...(await tlsOptions(redis.tls)),
      ...reachableAt(address, redis.addressMap),
      ...(await sentinelCredentials(redis)),
      socketTimeout: socketTimeoutMs,
      protocol: 3,
      enableOfflineQueue: false,
      retryStrategy: () => null,
    });
    let failure: Error | undefined;
    client.on('error', (error: Error) => {
      failure ??= error;
    });
    client.on('message', (_channel: string, message: string) => {
      if (message.split(' ').includes(primaryName)) onFailover();
    });
    try {
      await client.connect();
      await client.subscribe(...announcements);
      return new SentinelConnection(client, primaryName);
    } catch (error) {
      client.disconnect();
      throw new Error(`Sentinel ${formatAddress(address)}: ${(failure ?? (error as Error)).message}`);
    }
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Where the primary is by this Sentinel's configuration. During a failover GET-MASTER-ADDR-BY-NAME already names the promoted replica. */
  async ask(): Promise<SentinelAnswer> {
    const [address, master] = await Promise.all([
      this.client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.primaryName),
      this.client.call('SENTINEL', 'MASTER', this.primaryName),
    ]);
    return parseAnswer(address, master);
  }

  /** A subcommand of SENTINEL, e.g. `['REPLICAS', name]`. */
  send(args: readonly string[]): Promise<unknown> {
    return this.client.call('SENTINEL', ...args);
  }

  drop(): void {
    if (!this.open) return;
    this.open = false;
    this.client.disconnect();
  }
}

function parseAnswer(address: unknown, master: unknown): SentinelAnswer {
  if (!isStrings(address) || !isStrings(master)) throw new Error('the Sentinel knows no such primary');
  const [host = '', port = ''] = address;
  const field = (name: string) => master[master.indexOf(name) + 1] ?? '';
  // Once a replica is promoted, it is named although the former primary is still the one that is monitored.
  const isPromoting = host !== field('ip') || port !== field('port');
  return {
    primary: { host, port: Number(port) },
    epoch: Number(field('config-epoch')) + (isPromoting ? 0.5 : 0),
    replicas: Number(field('num-slaves')),
    isReplacing: !isPromoting && /o_down|failover_in_progress/.test(field('flags')),
  };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
