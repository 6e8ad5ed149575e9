import type { Config, RedisConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import type { Registry } from '../metrics.js';
import { beforeDeadline, Deadline } from '../resilience/deadline.js';
import { formatAddress, openConnection, type Command } from './connection.js';
import { Doorbell } from './doorbell.js';
import { askDisk } from './disk.js';
import { DurableCalls } from './durable.js';
import { callFunction, functionCommand } from './functions.js';
import { Link, sizeOf, type RunOptions } from './link.js';
import { MemoryGate } from './memory-gate.js';
import { fixedLocator, type PrimaryLocator } from './primary-locator.js';
import { Probe } from './probe.js';
import { registerRedisMetrics, type RedisMetrics } from './redis-metrics.js';
import { roleNames, roles } from './roles.js';
import { Sentinels } from './sentinels.js';
import type {
  CallOptions,
  ConnectionsStatus,
  DurableReplies,
  DurableWait,
  FunctionCall,
  RedisConnections,
  Role,
} from './types.js';

export interface ConnectOptions {
  readonly config: Pick<Config, 'redis' | 'serverId' | 'pod'>;
  readonly log: Logger;
  readonly metrics: Registry;
}

/** Begins to connect and returns at once: calls wait for their connection, `status()` tells how far it is. */
export function connectRedis(options: ConnectOptions): RedisConnections {
  return new Connections(options);
}

/** A process that stops waits no longer than this, for a try to connect that is under way. */
const closeDeadlineMs = 2_000;

class Connections implements RedisConnections {
  private readonly redis: RedisConfig;
  private readonly log: Logger;
  private readonly locator: PrimaryLocator;
  private readonly links: Readonly<Record<Role, Link>>;
  private readonly durable: DurableCalls;
  private readonly doorbell: Doorbell;
  private readonly memory = new MemoryGate();
  private readonly probe: Probe;
  private readonly metrics: RedisMetrics;
  private lastPrimary: string | undefined;

  constructor({ config, log, metrics }: ConnectOptions) {
    const { redis, serverId, pod } = config;
    this.redis = redis;
    this.log = log;
    this.metrics = registerRedisMetrics(metrics, () => this.status());
    this.locator = makeLocator(redis, log);
    this.locator.onMove(() => {
      void this.follow();
    });
    this.links = Object.fromEntries(roleNames.map((role) => [role, this.makeLink(role, pod.name)])) as Record<
      Role,
      Link
    >;
    this.durable = new DurableCalls(this.links.durable);
    this.doorbell = new Doorbell(this.links.blocking, this.links.command);
    this.probe = new Probe(
      this.links.command,
      `moorline:probe:{${serverId}}`,
      redis.healthCheckIntervalMs,
      this.metrics.probed,
    );
  }

  call(role: 'command' | 'task', call: FunctionCall, options: CallOptions = {}): Promise<unknown> {
    const deadline = Deadline.after(options.deadlineMs ?? roles[role].deadlineMs);
    const bytes = sizeOf(functionCommand(call));
    return this.memory.guard(call, () =>
      this.links[role].run((connection) => callFunction(connection, call), bytes, deadline, options),
    );
  }

  callDurably(calls: readonly FunctionCall[], wait: DurableWait, options: RunOptions = {}): Promise<DurableReplies> {
    return this.memory.guardAll(calls, (admitted) => this.durable.call(admitted, wait, options));
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

  command(command: Command, { deadlineMs = roles.command.deadlineMs }: CallOptions = {}): Promise<unknown> {
    return this.links.command.call(command, Deadline.after(deadlineMs));
  }

  status(): ConnectionsStatus {
    const { connection } = this.links.command;
    const reason = this.notReadyReason();
    return {
      ready: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      maxConnections: this.redis.maxConnections,
      full: this.memory.isClosed,
      roles: Object.fromEntries(
        roleNames.map((role) => [role, this.links[role].status()]),
      ) as ConnectionsStatus['roles'],
      sentinels: this.locator.connections(),
      ...(connection === undefined
        ? {}
        : {
            primary: formatAddress(connection.address),
            serverVersion: connection.server.version,
            serverRunId: connection.server.runId,
          }),
    };
  }

  async close(): Promise<void> {
    const closing = [this.probe, this.locator, ...Object.values(this.links)].map((part) => part.close());
    const giveUp = () => new Error('a try to connect is still under way');
    await beforeDeadline(Promise.all(closing), Deadline.after(closeDeadlineMs), giveUp).catch((error: unknown) => {
      this.log.debug({ err: error }, 'closed without waiting any longer');
    });
  }

  private makeLink(role: Role, podName: string): Link {
    const settings = {
      redis: this.redis,
      name: `moorline:${podName}:${role}`,
      socketTimeoutMs: this.redis.socketTimeoutMs + (role === 'blocking' ? this.redis.blockingTimeoutMs : 0),
    };
    return new Link(role, async () => openConnection(await this.locator.locate(), settings), {
      onOpen: ({ address, server }) => {
        this.log.info({ role, primary: formatAddress(address), version: server.version }, 'connected to Redis');
        if (role === 'command') this.onPrimary(formatAddress(address));
      },
      onDown: (reason) => {
        this.log.warn({ role, reason }, 'no connection to Redis');
      },
      onRefused: () => {
        this.metrics.refused(role);
      },
    });
  }

  private onPrimary(primary: string): void {
    if (this.lastPrimary !== undefined && this.lastPrimary !== primary) this.metrics.moved();
    this.lastPrimary = primary;
    this.probe.hurry();
  }

  /** Asks where the primary is now, and takes all roles there. */
  private async follow(): Promise<void> {
    try {
      const primary = await this.locator.locate();
      for (const link of Object.values(this.links)) link.moveTo(primary);
    } catch (error) {
      // The connections of now stay: without a Sentinel the primary may well go on.
      this.log.debug({ reason: (error as Error).message }, 'the primary may have moved and nobody says where to');
    }
  }

  private notReadyReason(): string | undefined {
    for (const role of roleNames) {
      const { status, lastError } = this.links[role].status();
      if (status !== 'ready') return `no connection to Redis (${role}): ${lastError ?? status}`;
    }
    return this.probe.failure === undefined ? undefined : `the last write failed: ${this.probe.failure}`;
  }
}

function makeLocator(redis: RedisConfig, log: Logger): PrimaryLocator {
  const { target } = redis;
  return target.kind === 'server'
    ? fixedLocator(target.server)
    : new Sentinels(redis, target.sentinels, target.primaryName, log);
}
