import { setTimeout as sleep } from 'node:timers/promises';
import { Admission } from '../resilience/admission.js';
import { Breaker } from '../resilience/breaker.js';
import { beforeDeadline, Deadline } from '../resilience/deadline.js';
import { MoorlineError } from '../resilience/errors.js';
import type { HostPort } from '../config/index.js';
import { formatAddress, type Command, type Connection } from './connection.js';
import { Keeper, type KeeperEvents } from './keeper.js';
import { noAnswer, noConnection } from './link-errors.js';
import { didNothing, kindOfRedisError, toMoorlineError } from './redis-errors.js';
import { breakerOptions, roles } from './roles.js';
import { RoundTrips } from './round-trips.js';
import type { Role, RoleStatus } from './types.js';

const admissionLimits = { maxCalls: 10_000, maxBytes: 32 * 1024 * 1024 };

/** After a promotion the replicas come over within a second or so; a primary that stays alone must not hold its callers up. */
const noReplicasPatienceMs = 2_000;
const noReplicasPauseMs = 100;

/** One fault costs a call one connection, seldom two; a call that ends every connection it is sent on must not go on doing so. */
const maxRepeats = 3;

/** What is done on a connection; may be done again on the next one when Redis says that it did nothing. */
export type Work<T> = (connection: Connection) => Promise<T>;

export interface RunOptions {
  /** Doing it twice is doing it once: it is also repeated where a lost connection leaves open whether it was done. */
  readonly repeatable?: boolean;
}

export interface LinkEvents extends KeeperEvents<Connection> {
  readonly onRefused?: () => void;
  /** The error of a call that is not to be tried; undefined when it is. */
  readonly refusal?: () => Error | undefined;
}

/** One role's way to the primary: the connection of now, what waits for the next one, and the bounds of both. */
export class Link {
  private readonly keeper: Keeper<Connection>;
  private readonly admission = new Admission(admissionLimits);
  private readonly breaker = new Breaker(breakerOptions);
  private readonly roundTrips = new RoundTrips();
  private lastCallAtMs = performance.now();

  constructor(
    readonly role: Role,
    open: () => Promise<Connection>,
    private readonly events: LinkEvents = {},
  ) {
    this.keeper = new Keeper(open, {
      ...events,
      onOpen: (connection) => {
        // It has just answered.
        this.breaker.reset();
        events.onOpen?.(connection);
      },
    });
  }

  get isClosed(): boolean {
    return this.keeper.status === 'closed';
  }

  get connection(): Connection | undefined {
    return this.keeper.current;
  }

  get reconnects(): number {
    return Math.max(0, this.keeper.reconnects);
  }

  private get isThereToWait(): boolean {
    return roles[this.role].blocks === true;
  }

  /** Sends one command; see `run`. */
  call(command: Command, deadline: Deadline): Promise<unknown> {
    return this.run((connection) => connection.send(command), sizeOf(command), deadline);
  }

  /**
   * Does the work on the connection of the role, which is waited for until the deadline: a failover of a second or two is
   * a delay, not an error. Repeated where Redis said that it did nothing; where it may have been done, only what is repeatable.
   */
  async run<T>(work: Work<T>, bytes: number, deadline: Deadline, options: RunOptions = {}): Promise<T> {
    const leave = this.enter(bytes);
    this.lastCallAtMs = performance.now();
    let underWay: Promise<T> | undefined;
    const start: Work<T> = (connection) => (underWay = work(connection));
    const tryIt = () => this.tryUntilDone(start, deadline, options);
    try {
      const answer = await (this.isThereToWait ? tryIt() : this.breaker.run(tryIt));
      leave();
      return answer;
    } catch (error) {
      // What still waits for its reply is still in memory, whether or not its caller has given up.
      if (underWay === undefined) leave();
      else underWay.then(leave, leave);
      throw error;
    }
  }

  /** See `moveKeeper`. */
  moveTo(primary: HostPort): void {
    moveKeeper(this.keeper, primary);
  }

  /** Leaves the connection of now; the next one is judged anew. */
  drop(reason: string): void {
    this.connection?.drop(reason);
  }

  /** How long it has not been called; 0 while a call is under way. */
  get quietForMs(): number {
    return this.admission.inFlight.calls > 0 ? 0 : performance.now() - this.lastCallAtMs;
  }

  status(): RoleStatus {
    const { status, lastError, lastErrorAtMs } = this.keeper;
    const { calls, bytes } = this.admission.inFlight;
    const rttMs = this.roundTrips.times();
    return {
      configured: 1,
      status,
      inFlight: calls,
      queuedBytes: bytes,
      ...(this.isThereToWait ? {} : { breaker: this.breaker.state, ...(rttMs === undefined ? {} : { rttMs }) }),
      reconnects: this.reconnects,
      ...(lastError === undefined ? {} : { lastError }),
      ...(lastErrorAtMs === undefined ? {} : { lastErrorAtMs }),
    };
  }

  close(): Promise<void> {
    return this.keeper.close('closing');
  }

  private async tryUntilDone<T>(work: Work<T>, deadline: Deadline, { repeatable = false }: RunOptions): Promise<T> {
    const patience = Deadline.after(noReplicasPatienceMs);
    const losses: unknown[] = [];
    for (;;) {
      if (!this.isThereToWait) this.refuse();
      const connection = await this.connectionBefore(deadline, losses);
      const sentAt = performance.now();
      try {
        const answer = await beforeDeadline(work(connection), deadline, noAnswer);
        this.roundTrips.add(performance.now() - sentAt);
        return answer;
      } catch (error) {
        const kind = kindOfRedisError(error);
        if (kind === 'connection-lost' && repeatable && losses.length < maxRepeats) losses.push(error);
        else if (!didNothing(error)) throw toMoorlineError(error);
        if (kind !== 'no-replicas') connection.drop((error as Error).message);
        else if (patience.isPast || deadline.isPast) throw toMoorlineError(error);
        else await sleep(noReplicasPauseMs);
      }
    }
  }

  /** Waits for the connection; `redis_unavailable` with the reason when there is none at the deadline. */
  private async connectionBefore(deadline: Deadline, losses: readonly unknown[]): Promise<Connection> {
    const connection = this.keeper.current ?? (await this.keeper.next(deadline));
    if (connection !== undefined) return connection;
    // The call was sent once: the caller must hear that it may have been done.
    if (losses.length > 0) throw toMoorlineError(losses.at(-1));
    this.refuse();
    throw noConnection(this.keeper.status, this.keeper.lastError);
  }

  private refuse(): void {
    const refusal = this.events.refusal?.();
    if (refusal !== undefined) throw refusal;
  }

  private enter(bytes: number): () => void {
    const leave = this.admission.enter(bytes);
    if (leave !== undefined) return leave;
    this.events.onRefused?.();
    throw new MoorlineError(
      'redis_unavailable',
      `Too much is waiting for Redis (at most ${admissionLimits.maxCalls} calls and ` +
        `${admissionLimits.maxBytes} bytes a connection); try again more slowly`,
      { retryAfterMs: 1_000 },
    );
  }
}

export function sizeOf(command: Command): number {
  // Characters are near enough to bytes for a bound on memory.
  return command.reduce<number>((total, part) => total + (typeof part === 'number' ? 8 : part.length), 0);
}

/** Leaves a connection to another server than this, and ends the wait before the next try. */
export function moveKeeper(keeper: Keeper<Connection>, primary: HostPort): void {
  const address = formatAddress(primary);
  if (keeper.current !== undefined && formatAddress(keeper.current.address) !== address) {
    keeper.current.drop(`the primary is now ${address}`);
  }
  keeper.hurry();
}
