import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnections } from '../redis/types.js';
import { queueKey } from './keys.js';

/** More sorted sets than this in one BZPOPMIN cost Redis too much; queues beyond take turns. */
const maxKeys = 200;
/** An answer without a ring before this part of the block time means that the connection was lost, or that we were woken. */
const earlyShare = 0.9;

export interface DoorbellSource {
  /** The queues that have waiting claims. */
  waitingQueues(): readonly string[];
  /** A queue's bell rang. Answers whether anybody took notice. */
  rung(queue: string): boolean;
  /** The connection was lost, and perhaps a ring with it. */
  ringLost(): void;
}

/**
 * One blocking call for all queues that somebody waits for. The bell says only that a look is worth while: what it
 * announces stays in Redis, so a lost ring costs time (up to the next sweep) and never a job.
 */
export class Doorbell {
  private listening: ReadonlySet<string> = new Set();
  private running = false;
  private closed = false;
  private wakes = 0;
  private offset = 0;

  constructor(
    private readonly connections: Pick<RedisConnections, 'waitForDoorbell' | 'wakeDoorbell' | 'command'>,
    private readonly source: DoorbellSource,
    private readonly blockMs: number,
  ) {}

  /** For work that nobody here can take: another process may. */
  passOn(queue: string): void {
    this.connections.command(['ZADD', queueKey(queue, 'mark'), 0, 'work']).catch(ignore);
  }

  /** A queue has its first waiting claim. */
  listenTo(queue: string): void {
    if (!this.running) void this.run();
    else if (this.listening.size > 0 && !this.listening.has(queue)) this.wake();
  }

  close(): void {
    this.closed = true;
    if (this.listening.size > 0) this.wake();
  }

  private async run(): Promise<void> {
    this.running = true;
    for (let queues = this.nextQueues(); queues.length > 0 && !this.closed; queues = this.nextQueues()) {
      await this.listenOnce(queues);
    }
    this.running = false;
  }

  /** Every time another queue comes first, because BZPOPMIN answers the first key that has something. */
  private nextQueues(): readonly string[] {
    const queues = this.source.waitingQueues();
    this.offset = queues.length === 0 ? 0 : (this.offset + 1) % queues.length;
    return [...queues.slice(this.offset), ...queues.slice(0, this.offset)].slice(0, maxKeys);
  }

  private async listenOnce(queues: readonly string[]): Promise<void> {
    const queueOf = new Map(queues.map((queue) => [queueKey(queue, 'mark'), queue]));
    const since = performance.now();
    this.listening = new Set(queues);
    const { wakes } = this;
    const key = await this.connections.waitForDoorbell([...queueOf.keys()], this.blockMs).catch(() => undefined);
    this.listening = new Set();
    const queue = key === undefined ? undefined : queueOf.get(key);
    // Whoever waited here may be gone.
    if (queue !== undefined && !this.source.rung(queue)) this.passOn(queue);
    const early = queue === undefined && wakes === this.wakes && performance.now() - since < this.blockMs * earlyShare;
    if (early) await this.lookEverywhere();
  }

  /** The pause keeps a dead Redis from being asked in a tight loop. */
  private async lookEverywhere(): Promise<void> {
    await sleep(100 + Math.random() * 200);
    this.source.ringLost();
  }

  private wake(): void {
    this.wakes += 1;
    this.connections.wakeDoorbell().catch(ignore);
  }
}

/** A failure here costs time only: the sweep covers it. */
function ignore(): void {}
