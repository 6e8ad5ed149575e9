import { connectionsNeeded, type HostPort, type RedisConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import { beforeDeadline, Deadline } from '../resilience/deadline.js';
import { formatAddress, openConnection, type Command, type ConnectionSettings } from './connection.js';
import { connectionsStatus } from './connections-status.js';
import { lossesNotWatched, type DataGuard } from './data-guard.js';
import { Doorbell } from './doorbell.js';
import { askDisk } from './disk.js';
import { DurableCalls } from './durable.js';
import { acceptData } from './epoch-commands.js';
import { callFunction, sizeOfCall } from './functions.js';
import type { LinkEvents, RunOptions } from './link.js';
import { noConnection } from './link-errors.js';
import { Links } from './links.js';
import { MemoryGate } from './memory-gate.js';
import { Monitor } from './monitor.js';
import type { PrimaryLocator } from './primary-locator.js';
import { Probe } from './probe.js';
import type { RedisMetrics } from './redis-metrics.js';
import { roles } from './roles.js';
import type {
  CallOptions,
  ConnectionsStatus,
  DurableReplies,
  DurableWait,
  EntriesWait,
  FunctionCall,
  RedisConnections,
  Role,
  StreamEntry,
  SubscriptionHandlers,
} from './types.js';

export interface ConnectionsOptions {
  readonly redis: RedisConfig;
  readonly podName: string;
  readonly locator: PrimaryLocator;
  /** Where the probe writes. */
  readonly probeKey: () => string;
  /** Without one, losses of data are not watched for. */
  readonly guard?: DataGuard;
  readonly log: Logger;
  readonly metrics: RedisMetrics;
}

/** A process that stops waits no longer than this, for a try to connect that is under way. */
const closeDeadlineMs = 2_000;

/** The connections to one primary, wherever it is. */
export class Connections implements RedisConnections {
  readonly isCluster = false;
  private readonly redis: RedisConfig;
  private readonly log: Logger;
  private readonly podName: string;
  private readonly guard: DataGuard | undefined;
  private readonly probeKey: () => string;
  private readonly locator: PrimaryLocator;
  private readonly links: Links;
  private readonly durable: DurableCalls;
  private readonly disk: DurableCalls;
  private readonly doorbell: Doorbell;
  private readonly memory = new MemoryGate();
  private readonly probe: Probe;
  private readonly monitor: Monitor;
  private readonly metrics: RedisMetrics;
  private lastPrimary: string | undefined;
  /** When the connection for commands was lost; undefined while it is there. */
  private lostAt: number | undefined;

  constructor({ redis, podName, locator, probeKey, guard, log, metrics }: ConnectionsOptions) {
    this.redis = redis;
    this.log = log;
    this.podName = podName;
    this.guard = guard;
    this.probeKey = probeKey;
    this.metrics = metrics;
    this.locator = locator;
    this.locator.onMove(() => {
      void this.follow();
    });
    this.links = new Links({
      log,
      maxAlone: redis.maxConnections - connectionsNeeded(redis.target),
      open: async (role) =>
        openConnection(await this.locator.locate(), { ...this.settingsOf(role), ...this.judging() }),
      eventsOf: (role) => this.eventsOf(role),
    });
    const { command, task, durable, disk, blocking, subscriber } = this.links;
    this.durable = new DurableCalls(durable, locator);
    this.disk = new DurableCalls(disk, locator);
    this.doorbell = new Doorbell(blocking, command);
    const { healthCheckIntervalMs } = redis;
    this.probe = new Probe({
      link: command,
      guard,
      key: probeKey,
      intervalMs: healthCheckIntervalMs,
      onSuccess: metrics.probed,
      onDoubt: (reason) => {
        this.links.drop(reason);
      },
    });
    this.monitor = new Monitor([task, durable, blocking], subscriber, healthCheckIntervalMs, redis.socketTimeoutMs);
  }

  call(role: 'command' | 'task' | 'admin', call: FunctionCall, options: CallOptions = {}): Promise<unknown> {
    const deadline = Deadline.after(options.deadlineMs ?? roles[role].deadlineMs);
    const bytes = sizeOfCall(call);
    return this.memory.guard(call, () =>
      this.links[role].run((connection) => callFunction(connection, call), bytes, deadline, options),
    );
  }

  callDurably(calls: readonly FunctionCall[], wait: DurableWait, options: RunOptions = {}): Promise<DurableReplies> {
    const durable = wait.onDisk === true ? this.disk : this.durable;
    return this.memory.guardAll(calls, (admitted) => durable.call(admitted, wait, options));
  }

  async diskRefusal(): Promise<string | undefined> {
    const deadline = Deadline.after(roles.command.deadlineMs);
    const disk = await this.links.command.run(askDisk, 0, deadline, { repeatable: true });
    return disk.method === 'none' ? disk.reason : undefined;
  }

  waitForDoorbell(keys: readonly string[], blockMs: number): Promise<string | undefined> {
    // A longer silence would look like a dead connection; the caller looks for work and asks again.
    return this.doorbell.wait(keys, Math.min(blockMs, this.redis.blockingTimeoutMs));
  }

  wakeDoorbell(): Promise<void> {
    return this.doorbell.wake();
  }

  readEntries(wait: EntriesWait): Promise<readonly StreamEntry[]> {
    // A longer silence would look like a dead connection.
    return this.links.replies.read({ ...wait, blockMs: Math.min(wait.blockMs, this.redis.blockingTimeoutMs) });
  }

  command(command: Command, { deadlineMs = roles.command.deadlineMs }: CallOptions = {}): Promise<unknown> {
    return this.links.command.call(command, Deadline.after(deadlineMs));
  }

  subscribe(
    channel: string,
    handlers: SubscriptionHandlers,
    { deadlineMs = roles.subscriber.deadlineMs }: CallOptions = {},
  ): Promise<() => void> {
    return this.links.subscriber.subscribe(channel, handlers, Deadline.after(deadlineMs));
  }

  renewSubscriptions(reason: string): void {
    this.links.subscriber.drop(reason);
  }

  holdMessages(): () => void {
    return this.links.subscriber.connection?.hold() ?? (() => undefined);
  }

  async publish(channel: string, message: string | Buffer, options?: CallOptions): Promise<number> {
    return Number(await this.command(['PUBLISH', channel, message], options));
  }

  get reconnects(): number {
    return this.links.command.reconnects;
  }

  async acceptDataLoss(): Promise<string> {
    if (this.guard === undefined) throw lossesNotWatched();
    const primary = await this.locate();
    const connection = await openConnection(primary, this.settingsOf('admin')).catch((error: unknown) => {
      throw noConnection('connecting', (error as Error).message);
    });
    try {
      const epoch = await acceptData(connection, this.guard.epoch);
      this.guard.adopt(epoch);
      this.links.moveTo(primary);
      return epoch;
    } finally {
      connection.drop('done');
    }
  }

  status(): ConnectionsStatus {
    return connectionsStatus({
      maxConnections: this.redis.maxConnections,
      full: this.memory.isClosed,
      roles: this.links.status(),
      sentinels: this.locator.connections(),
      connection: this.links.command.connection,
      probeFailure: this.probe.failure,
      dataLoss: this.guard?.loss,
      epoch: this.guard?.epoch,
    });
  }

  async close(): Promise<void> {
    const parts = [this.monitor, this.probe, this.locator, this.links];
    const closing = Promise.all(parts.map((part) => part.close()));
    const giveUp = () => new Error('a try to connect is still under way');
    await beforeDeadline(closing, Deadline.after(closeDeadlineMs), giveUp).catch((error: unknown) => {
      this.log.debug({ err: error }, 'closed without waiting any longer');
    });
  }

  /** Each connection is judged by the data of its server before anything is sent. */
  private judging(): Pick<ConnectionSettings, 'data'> {
    const { guard, probeKey } = this;
    if (guard === undefined) return {};
    return {
      data: {
        markKey: probeKey(),
        judge: () => guard.judge(),
      },
    };
  }

  private settingsOf(role: Role): ConnectionSettings {
    const { socketTimeoutMs, blockingTimeoutMs } = this.redis;
    return {
      redis: this.redis,
      name: `moorline:${this.podName}:${role}`,
      socketTimeoutMs: socketTimeoutMs + (roles[role].blocks === true ? blockingTimeoutMs : 0),
      ...(role === 'subscriber' ? { protocol: 3 } : {}),
      onSend: this.metrics.commandsOf(role),
    };
  }

  private eventsOf(role: Role): LinkEvents {
    return {
      onOpen: ({ address, server }) => {
        this.log.info({ role, primary: formatAddress(address), version: server.version }, 'connected to Redis');
        if (role === 'command') this.onPrimary(formatAddress(address));
      },
      onDown: (reason) => {
        if (role === 'command') this.lostAt ??= performance.now();
        this.log.warn({ role, reason }, 'no connection to Redis');
      },
      onRefused: () => {
        this.metrics.refused(role);
      },
      refusal: () => this.guard?.refusal(),
    };
  }

  private onPrimary(primary: string): void {
    const now = performance.now();
    const hasMoved = this.lastPrimary !== undefined && this.lastPrimary !== primary;
    if (hasMoved) this.metrics.moved((now - (this.lostAt ?? now)) / 1000);
    this.lastPrimary = primary;
    this.lostAt = undefined;
    this.probe.hurry();
  }

  private locate(): Promise<HostPort> {
    return this.locator.locate().catch((error: unknown) => {
      throw noConnection('connecting', (error as Error).message);
    });
  }

  /** Asks where the primary is now, and takes all roles there. */
  private async follow(): Promise<void> {
    try {
      this.links.moveTo(await this.locator.locate());
    } catch (error) {
      // The connections of now stay: without a Sentinel the primary may well go on.
      this.log.debug({ reason: (error as Error).message }, 'the primary may have moved and nobody says where to');
    }
  }
}
