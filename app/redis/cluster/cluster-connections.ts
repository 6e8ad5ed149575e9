import type { HostPort, RedisConfig } from '../../config/index.js';
import type { Logger } from '../../log.js';
import { Deadline } from '../../resilience/deadline.js';
import { isMoorlineError } from '../../resilience/errors.js';
import { formatAddress, type Command } from '../connection.js';
import { Connections } from '../connections.js';
import { lossesNotWatched } from '../data-guard.js';
import type { RunOptions } from '../link.js';
import type { RedisMetrics } from '../redis-metrics.js';
import { roles } from '../roles.js';
import type {
  CallOptions,
  ConnectionsStatus,
  DurableReplies,
  DurableWait,
  EntriesWait,
  FunctionCall,
  RedisConnections,
  StreamEntry,
  SubscriptionHandlers,
} from '../types.js';
import { Bell, bellChannel } from './bell.js';
import { sumOfRoles } from './cluster-status.js';
import { keyOfCommand } from './command-key.js';
import { joinOutcomes, type DurableOutcome } from './durable-split.js';
import { keySlot } from './key-slot.js';
import { movingLocator } from './moving-locator.js';
import { Nodes } from './nodes.js';
import { redirectOf } from './redirect.js';
import { Router } from './router.js';
import type { SlotMap } from './slot-map.js';
import { Subscriptions } from './subscriptions.js';
import { Topology } from './topology.js';

export interface ClusterOptions {
  readonly redis: RedisConfig;
  /** Some nodes of the cluster, to begin with. */
  readonly seeds: readonly HostPort[];
  readonly podName: string;
  readonly serverId: string;
  readonly log: Logger;
  readonly metrics: RedisMetrics;
}

/** All roles but the subscriber, which is at one node, and that of replies, which come as messages here. */
const connectionsPerNode = Object.keys(roles).length - 2;

/** The connections to a Redis Cluster: those to each of its primaries, and the map of who serves which slot. */
export class ClusterConnections implements RedisConnections {
  readonly isCluster = true;
  private readonly nodes: Nodes;
  private readonly topology: Topology;
  private readonly router: Router;
  private readonly subscriptions: Subscriptions;
  private readonly bell = new Bell();
  private hearing: Promise<unknown> | undefined;

  constructor(private readonly options: ClusterOptions) {
    const { seeds, redis, log } = options;
    this.nodes = new Nodes((node) => this.connect(node));
    this.subscriptions = new Subscriptions(this.nodes, () => {
      this.topology.hurry();
    });
    const follow = (map: SlotMap) => {
      this.nodes.follow(map);
      this.subscriptions.follow();
    };
    this.topology = new Topology(seeds, redis, follow, log);
    this.router = new Router(this.topology, this.nodes);
  }

  call(role: 'command' | 'task' | 'admin', call: FunctionCall, options: CallOptions = {}): Promise<unknown> {
    const deadline = Deadline.after(options.deadlineMs ?? roles[role].deadlineMs);
    return this.router.run(slotOf(call), deadline, (node) =>
      node.call(role, inCluster(call), { ...options, deadlineMs: deadline.remainingMs }),
    );
  }

  /** WAIT is about one node: the calls of each node have their own. */
  async callDurably(calls: readonly FunctionCall[], wait: DurableWait, options?: RunOptions): Promise<DurableReplies> {
    const deadline = Deadline.after(roles.durable.deadlineMs + wait.waitMs);
    const outcomes = await Promise.all(
      calls.map((call) =>
        this.router
          .run(slotOf(call), deadline, (node) => callOneDurably(node, inCluster(call), wait, options))
          .catch((error: unknown) => ({ reply: error, confirmedReplicas: 0 })),
      ),
    );
    return joinOutcomes(outcomes, wait);
  }

  async diskRefusal(): Promise<string | undefined> {
    const refusals = await Promise.all(this.nodes.all.map((node) => node.diskRefusal()));
    return refusals.find((refusal) => refusal !== undefined);
  }

  async waitForDoorbell(keys: readonly string[], blockMs: number): Promise<string | undefined> {
    await (this.hearing ??= this.hearBell());
    return this.bell.wait(keys, Math.min(blockMs, this.options.redis.blockingTimeoutMs));
  }

  wakeDoorbell(): Promise<void> {
    this.bell.wake();
    return Promise.resolve();
  }

  readEntries(wait: EntriesWait): Promise<readonly StreamEntry[]> {
    const deadline = Deadline.after(wait.blockMs + roles.replies.deadlineMs);
    return this.router.run(keySlot(wait.key), deadline, (node) => node.readEntries(wait));
  }

  command(command: Command, options: CallOptions = {}): Promise<unknown> {
    const deadline = Deadline.after(options.deadlineMs ?? roles.command.deadlineMs);
    const key = keyOfCommand(command);
    const slot = key === undefined ? this.someSlot() : keySlot(key);
    return this.router.run(slot, deadline, (node) =>
      node.command(command, { ...options, deadlineMs: deadline.remainingMs }),
    );
  }

  subscribe(
    channel: string,
    handlers: SubscriptionHandlers,
    { deadlineMs = roles.subscriber.deadlineMs }: CallOptions = {},
  ): Promise<() => void> {
    return this.subscriptions.subscribe(channel, handlers, Deadline.after(deadlineMs));
  }

  renewSubscriptions(reason: string): void {
    for (const node of this.nodes.all) node.renewSubscriptions(reason);
  }

  holdMessages(): () => void {
    const releases = this.nodes.all.map((node) => node.holdMessages());
    return () => {
      for (const release of releases) release();
    };
  }

  /** To the listeners of this node and of all others. The answer counts those of this node alone. */
  async publish(channel: string, message: string | Buffer, options?: CallOptions): Promise<number> {
    return Number(await this.command(['PUBLISH', channel, message], options));
  }

  get reconnects(): number {
    return this.nodes.all.reduce((total, { reconnects }) => total + reconnects, 0);
  }

  acceptDataLoss(): Promise<string> {
    return Promise.reject(lossesNotWatched());
  }

  status(): ConnectionsStatus {
    const parts = this.nodes.all.map((node) => node.status());
    const reason = this.notReadyReason(parts);
    const listOf = (value: (part: ConnectionsStatus) => string | undefined) =>
      [...new Set(parts.flatMap((part) => value(part) ?? []))].sort().join(',');
    return {
      ready: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      maxConnections: this.options.redis.maxConnections,
      full: parts.some(({ full }) => full),
      dataLost: false,
      roles: sumOfRoles(parts),
      sentinels: { configured: 0, connected: 0 },
      ...(parts.length === 0
        ? {}
        : {
            primary: listOf(({ primary }) => primary),
            serverVersion: listOf(({ serverVersion }) => serverVersion),
            serverRunId: listOf(({ serverRunId }) => serverRunId),
          }),
    };
  }

  async close(): Promise<void> {
    this.bell.wake();
    await this.topology.close();
    await this.nodes.close();
  }

  private connect(node: HostPort): Connections {
    const address = formatAddress(node);
    const { redis, podName, serverId, log, metrics } = this.options;
    return new Connections({
      redis,
      podName,
      locator: movingLocator(node, () => {
        this.topology.hurry();
      }),
      // Each node has to show that it can be written to: by a key of a slot that it serves.
      probeKey: () => `moorline:probe:{${this.topology.map.tagOf(address) ?? address}}:${serverId}`,
      log,
      metrics,
    });
  }

  private async hearBell(): Promise<void> {
    const handlers = {
      onMessage: (key: Buffer) => {
        this.bell.ring(key.toString());
      },
      onGap: () => {
        this.bell.miss();
      },
    };
    try {
      await this.subscribe(bellChannel, handlers);
      // What rang before nobody has heard.
      this.bell.miss();
    } catch (error) {
      this.hearing = undefined;
      throw error;
    }
  }

  private notReadyReason(parts: readonly ConnectionsStatus[]): string | undefined {
    const { map, lastError } = this.topology;
    if (parts.length === 0) return lastError ?? 'nobody has said yet who serves the slots of the Redis Cluster';
    const { maxConnections } = this.options.redis;
    const needed = parts.length * connectionsPerNode + 1;
    if (needed > maxConnections) {
      return (
        `the Redis Cluster has ${parts.length} primaries, for which this process needs ${needed} connections; ` +
        `it may hold ${maxConnections}: raise REDIS_MAX_CONNECTIONS or WORKER_REDIS_MAX_CONNECTIONS`
      );
    }
    const unready = parts.find(({ ready }) => !ready);
    if (unready !== undefined) return unready.reason;
    return map.isComplete ? undefined : 'some slots of the Redis Cluster are served by nobody';
  }

  private someSlot(): number {
    const { ranges } = this.topology.map;
    return ranges[Math.floor(Math.random() * ranges.length)]?.from ?? 0;
  }
}

function inCluster(call: FunctionCall): FunctionCall {
  const { inCluster: library = call.library } = call.library;
  return { ...call, library, keys: call.allKeys?.() ?? call.keys };
}

function slotOf({ keys: [key = ''] }: FunctionCall): number {
  return keySlot(key);
}

/** Calls of the same tick still share one WAIT: each node gathers them. */
async function callOneDurably(
  node: Connections,
  call: FunctionCall,
  wait: DurableWait,
  options?: RunOptions,
): Promise<DurableOutcome> {
  const { replies, ...confirmation } = await node.callDurably([call], wait, options);
  const [reply] = replies;
  // What the node sent elsewhere has to be sent there.
  if (isMoorlineError(reply) && redirectOf(reply) !== undefined) throw reply;
  return { reply, ...confirmation };
}
