import { backoffDelayMs } from '../resilience/backoff.js';
import type { FunctionCall, RedisConnections } from '../redis/types.js';
import { queueKey } from './keys.js';
import { queueLibrary } from './library.js';

/** So many queues a call keep it under a millisecond. */
const maxQueuesPerCall = 250;
/** The sweeps of many processes spread over this part of the interval. */
const jitter = 0.2;
const retryBackoff = { firstMs: 200, maxMs: 5_000 };

export interface SweepSource {
  /** The queues that have waiting claims. */
  waitingQueues(): readonly string[];
  /** A queue has something to do in so many milliseconds. */
  workIn(queue: string, ms: number): void;
}

/**
 * Looks after all waiting claims at once, now and then, should a ring of the doorbell have been lost with a process:
 * one small call, whatever the number of queues. It runs while somebody waits.
 */
export class Sweep {
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private closed = false;

  constructor(
    private readonly connections: Pick<RedisConnections, 'call' | 'isCluster'>,
    private readonly source: SweepSource,
    private readonly intervalMs: number,
  ) {}

  /** Somebody waits. */
  keepLooking(): void {
    if (this.timer === undefined) this.lookIn(this.intervalMs);
  }

  /** A ring may just have been lost. */
  lookNow(): void {
    this.lookIn(0);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private lookIn(ms: number): void {
    clearTimeout(this.timer);
    if (this.closed) return;
    this.timer = setTimeout(() => void this.look(), ms * (1 - jitter * Math.random()));
  }

  private async look(): Promise<void> {
    const queues = this.source.waitingQueues();
    const perCall = this.connections.isCluster ? 1 : maxQueuesPerCall;
    try {
      for (let at = 0; at < queues.length; at += perCall) await this.peek(queues.slice(at, at + perCall));
      this.failures = 0;
    } catch {
      this.failures += 1;
    }
    this.timer = undefined;
    // A look that somebody was promised is made up for as soon as Redis answers again.
    if (this.failures > 0) this.lookIn(backoffDelayMs(this.failures - 1, retryBackoff));
    else if (this.source.waitingQueues().length > 0) this.keepLooking();
  }

  private async peek(queues: readonly string[]): Promise<void> {
    const reply = (await this.connections.call('command', peekCall(queues))) as readonly number[];
    for (let at = 0; at + 1 < reply.length; at += 2) {
      const queue = queues[(reply[at] ?? 0) - 1];
      if (queue !== undefined) this.source.workIn(queue, reply[at + 1] ?? 0);
    }
  }
}

function peekCall(queues: readonly string[]): FunctionCall {
  const keysOf = (queue: string) =>
    (['ready', 'delayed', 'lease', 'meta'] as const).map((name) => queueKey(queue, name));
  return { library: queueLibrary, name: 'peek', keys: queues.flatMap(keysOf), args: [] };
}
