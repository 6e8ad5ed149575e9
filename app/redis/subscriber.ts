import type { HostPort } from '../config/index.js';
import type { Logger } from '../log.js';
import { beforeDeadline, Deadline } from '../resilience/deadline.js';
import type { Connection } from './connection.js';
import { Keeper, type KeeperEvents } from './keeper.js';
import { moveKeeper } from './link.js';
import { noAnswer, noConnection } from './link-errors.js';
import { kindOfRedisError, toMoorlineError } from './redis-errors.js';
import type { RoleStatus, SubscriptionHandlers } from './types.js';

/** One command with more would hold up the connection, and the replies to it the server. */
const channelsPerCommand = 512;

interface Entry {
  readonly handlers: SubscriptionHandlers;
  /** It has been told that it is subscribed. */
  live: boolean;
}

/** All subscriptions of the process, on one connection that is opened with the first of them and then kept. */
export class Subscriber {
  private keeper: Keeper<Connection> | undefined;
  private isClosed = false;
  private readonly channels = new Map<string, Set<Entry>>();
  /** What was asked of the connection of now. */
  private asked = new Map<string, Promise<unknown>>();

  constructor(
    private readonly open: () => Promise<Connection>,
    private readonly log: Logger,
    private readonly events: KeeperEvents<Connection> = {},
  ) {}

  get connection(): Connection | undefined {
    return this.keeper?.current;
  }

  /** Resolves once messages arrive, with the function that ends it. Not subscribed by the deadline, it never will be. */
  async subscribe(channel: string, handlers: SubscriptionHandlers, deadline: Deadline): Promise<() => void> {
    const entry: Entry = { handlers, live: false };
    this.channels.set(channel, (this.channels.get(channel) ?? new Set()).add(entry));
    try {
      await this.confirmed(channel, deadline);
    } catch (error) {
      this.remove(channel, entry);
      throw toMoorlineError(error);
    }
    entry.live = true;
    return () => {
      this.remove(channel, entry);
    };
  }

  status(): RoleStatus {
    const { keeper } = this;
    const { lastError, lastErrorAtMs } = keeper ?? {};
    return {
      configured: 1,
      status: this.isClosed ? 'closed' : (keeper?.status ?? 'idle'),
      inFlight: 0,
      queuedBytes: 0,
      reconnects: Math.max(0, keeper?.reconnects ?? 0),
      ...(lastError === undefined ? {} : { lastError }),
      ...(lastErrorAtMs === undefined ? {} : { lastErrorAtMs }),
    };
  }

  /** Leaves a connection to another server than this, and ends the wait before the next try. */
  moveTo(primary: HostPort): void {
    if (this.keeper !== undefined) moveKeeper(this.keeper, primary);
  }

  drop(reason: string): void {
    this.connection?.drop(reason);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.keeper?.close('closing');
  }

  private async confirmed(channel: string, deadline: Deadline): Promise<void> {
    if (this.isClosed) throw noConnection('closed', undefined);
    this.keeper ??= new Keeper(this.open, {
      ...this.events,
      onOpen: (connection) => {
        this.begin(connection);
        this.events.onOpen?.(connection);
      },
    });
    for (;;) {
      const connection = await this.keeper.next(deadline);
      if (connection === undefined) throw noConnection(this.keeper.status, this.keeper.lastError);
      try {
        await beforeDeadline(this.ask(connection, [channel]), deadline, noAnswer);
        return;
      } catch (error) {
        if (kindOfRedisError(error) !== 'connection-lost') throw error;
        connection.drop((error as Error).message);
      }
    }
  }

  /** A new connection knows of no subscription. */
  private begin(connection: Connection): void {
    this.asked = new Map();
    connection.onMessage((channel, message) => {
      this.deliver(channel, message);
    });
    this.resubscribe(connection).catch((error: unknown) => {
      connection.drop((error as Error).message);
    });
  }

  private async resubscribe(connection: Connection): Promise<void> {
    const interrupted = [...this.channels.values()].flatMap((entries) => [...entries]).filter(({ live }) => live);
    const names = [...this.channels.keys()];
    for (let at = 0; at < names.length; at += channelsPerCommand) {
      await this.ask(connection, names.slice(at, at + channelsPerCommand));
    }
    for (const { handlers } of interrupted) this.safely(() => handlers.onGap?.());
  }

  /** Once for each channel and connection. */
  private async ask(connection: Connection, channels: readonly string[]): Promise<void> {
    const unasked = channels.filter((channel) => this.channels.has(channel) && !this.asked.has(channel));
    if (unasked.length > 0) {
      const answer = connection.subscribe(unasked);
      for (const channel of unasked) this.asked.set(channel, answer);
    }
    await Promise.all(channels.map(async (channel) => this.asked.get(channel)));
  }

  private remove(channel: string, entry: Entry): void {
    const entries = this.channels.get(channel);
    if (entries?.delete(entry) !== true || entries.size > 0) return;
    this.channels.delete(channel);
    // Where it fails the connection has ended, and its subscriptions with it.
    if (this.asked.delete(channel)) this.connection?.unsubscribe([channel]).catch(() => undefined);
  }

  private deliver(channel: string, message: Buffer): void {
    for (const { handlers } of this.channels.get(channel) ?? []) {
      this.safely(() => {
        handlers.onMessage(message);
      });
    }
  }

  /** One handler's mistake must not cost the others their messages. */
  private safely(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.log.error({ err: error }, 'a handler of messages failed');
    }
  }
}
