import type { BreakerState } from '../resilience/breaker.js';
import type { FunctionLibrary } from './library.js';
import type { RoundTripTimes } from './round-trips.js';

/** What a call of a Redis function carries: keys of one hash tag, flat arguments. */
export interface FunctionCall {
  /** Loaded where the server lacks it; made by `defineLibrary`. */
  readonly library: FunctionLibrary;
  /** Short name in the library, e.g. `enqueue`. */
  readonly name: string;
  readonly keys: readonly string[];
  /**
   * `keys`, and those that the function derives from them. A Redis Cluster gets them all: while a slot moves, it refuses a call
   * of which some keys are gone before it begins, and else in the middle of it.
   */
  readonly allKeys?: () => readonly string[];
  readonly args: readonly (string | number | Buffer)[];
}

/** One role, one connection: a fixed number a process, whatever the number of queues. */
export type Role = 'command' | 'task' | 'durable' | 'disk' | 'blocking' | 'replies' | 'subscriber' | 'admin';

export interface CallOptions {
  /** After so long the call fails with `deadline_exceeded`; the default is the role's own deadline. */
  readonly deadlineMs?: number;
  /**
   * Says that calling it twice is calling it once. When the connection is lost before the answer, the call is sent again on
   * the next one, within its deadline; the answer is then that of the last time. Otherwise the caller hears of the loss.
   * @default false
   */
  readonly repeatable?: boolean;
}

/** Where writes must be before they count. */
export interface DurableWait {
  readonly replicas: number;
  /** On the disk of the primary, and of as many replicas where the server can tell (WAITAOF, since 7.2). @default false */
  readonly onDisk?: boolean;
  readonly waitMs: number;
}

export interface DurableReplies {
  /** A call that Redis refused is a MoorlineError, at its place. */
  readonly replies: readonly unknown[];
  readonly confirmedReplicas: number;
  /** Present where it was wanted. */
  readonly onDisk?: boolean;
}

export interface SubscriptionHandlers {
  readonly onMessage: (message: Buffer) => void;
  /** Messages may have been missed, since the connection was lost; from now on they arrive again. */
  readonly onGap?: () => void;
}

export interface EntriesWait {
  readonly key: string;
  /** Id of the last entry that is known; `0` for all there are. */
  readonly after: string;
  readonly count: number;
  /** No longer than the configured blocking timeout. */
  readonly blockMs: number;
  /** On a connection of its own: as many as `maxConnections` leaves. @default on the one that such waits share, one after the other */
  readonly alone?: boolean;
}

export interface StreamEntry {
  readonly id: string;
  /** Names and values in turn. */
  readonly fields: readonly Buffer[];
}

/** The connections of a process by purpose. All replies are Buffers where Redis answers a string. */
export interface RedisConnections {
  /** A Redis Cluster: one call cannot have keys of several queues. */
  readonly isCluster: boolean;

  /** Calls a function of the library; loads the library first where the server lacks it. Resent after a lost connection only when `repeatable`. */
  call(role: 'command' | 'task' | 'admin', call: FunctionCall, options?: CallOptions): Promise<unknown>;

  /**
   * Sends the calls and then what confirms them on the same connection (a new connection would confirm writes it never
   * carried). The replies say how far they came within `waitMs` (less than the socket timeout); a lost connection rejects
   * with `redis_unavailable`, unless the calls are `repeatable`: then all of it is sent again on the next one.
   * A call that Redis refused is a MoorlineError in `replies`, at its place. Rejects with `durability_unavailable`, and has
   * written nothing, when the server cannot tell what is on its disk.
   */
  callDurably(
    calls: readonly FunctionCall[],
    wait: DurableWait,
    options?: Pick<CallOptions, 'repeatable'>,
  ): Promise<DurableReplies>;

  /** Why the primary of now cannot tell what is on its disk: one line for people; undefined when it can. */
  diskRefusal(): Promise<string | undefined>;

  /**
   * Blocks on the doorbells (sorted sets) for `blockMs` at most, and no longer than the configured blocking timeout.
   * Answers the one that rang; undefined when none did, when it was woken and when the connection was lost, so look for
   * work in any case. One wait at a time. Data is never taken this way.
   */
  waitForDoorbell(keys: readonly string[], blockMs: number): Promise<string | undefined>;

  /** Ends a waiting `waitForDoorbell` now, so that it can be asked again with other keys. */
  wakeDoorbell(): Promise<void>;

  /**
   * Waits until a stream of Redis has entries after one; none when none came in time. Takes nothing away, so that nothing is lost
   * with an answer. Rejects with `redis_unavailable` when the connection is lost: look then whether it still is the same stream.
   */
  readEntries(wait: EntriesWait): Promise<readonly StreamEntry[]>;

  /** A plain command on the command connection, e.g. `['PING']`. */
  command(args: readonly [string, ...(string | number | Buffer)[]], options?: CallOptions): Promise<unknown>;

  /**
   * Listens to one channel; several may listen to the same. Resolves when messages arrive, with the function that ends it.
   * Messages come at most once, in order, and are not kept: whoever must miss none looks for itself in `onGap`.
   */
  subscribe(
    channel: string,
    handlers: SubscriptionHandlers,
    options?: Pick<CallOptions, 'deadlineMs'>,
  ): Promise<() => void>;

  /**
   * Leaves the connections of the subscriptions, which are then made anew: they hear nothing although they look fine. Those who
   * listen are told of a gap.
   */
  renewSubscriptions(reason: string): void;

  /**
   * Reads no more messages until the answer is called, so that they wait in Redis and not here. Whoever holds on for longer than
   * the socket timeout loses the connection, and is told of a gap.
   */
  holdMessages(): () => void;

  /** To all who listen to the channel now; answers how many processes there were. */
  publish(channel: string, message: string | Buffer, options?: Pick<CallOptions, 'deadlineMs'>): Promise<number>;

  /** How often the connection of commands was lost and opened again. Costs nothing to ask, unlike `status`. */
  readonly reconnects: number;

  /**
   * An operator says that the data which the primary has now are the right ones, whatever was there before: all processes
   * of the release go on with them. Answers their epoch. Not on a Redis Cluster, where losses are not watched for.
   */
  acceptDataLoss(): Promise<string>;

  status(): ConnectionsStatus;
  close(): Promise<void>;
}

export interface RoleStatus {
  readonly configured: number;
  /** `idle`: not needed so far, or not any more; opened on demand. */
  readonly status: 'ready' | 'connecting' | 'reconnecting' | 'idle' | 'closed';
  /** Calls that wait for a connection or a reply, and what they weigh. */
  readonly inFlight: number;
  readonly queuedBytes: number;
  /** Of the last calls; absent where there were none, and where calls are made to wait. */
  readonly rttMs?: RoundTripTimes;
  /** `open`: calls are refused at once. Absent where calls are made to wait. */
  readonly breaker?: BreakerState;
  readonly reconnects: number;
  readonly lastError?: string;
  readonly lastErrorAtMs?: number;
}

export interface ConnectionsStatus {
  readonly ready: boolean;
  /** Why it is not ready: one line for people. */
  readonly reason?: string;
  readonly maxConnections: number;
  /** Redis is out of memory (or over its quota): what needs room is refused, the rest goes on. */
  readonly full: boolean;
  /** The data that this process has worked with are gone: everything is refused until they are back, or the loss is accepted. */
  readonly dataLost: boolean;
  /** Names the data. */
  readonly epoch?: string;
  readonly roles: Readonly<Record<Role, RoleStatus>>;
  /** Connections to Sentinels; both 0 without Sentinel. */
  readonly sentinels: { readonly configured: number; readonly connected: number };
  readonly primary?: string;
  readonly serverVersion?: string;
  readonly serverRunId?: string;
}
