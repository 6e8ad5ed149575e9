import type { ClaimedJob } from '../queue/types.js';
import { tell, type PublishChunks } from '../dispatch/task-streams.js';
import type { Outcome } from '../queue/outcome.js';
import type { Executor, JobContext } from './types.js';
import type { Logger } from '../log.js';

/** Why a delivery ends before its handler does. */
export type Interruption = 'timeout' | 'lease lost' | 'stopping' | 'cancelled';

export interface DeliveryOptions {
  readonly leaseMs: number;
  readonly timeoutMs: number;
  readonly publish?: PublishChunks;
  readonly log: Logger;
}

/** One job in the hands of this worker, from claim to outcome. */
export class Delivery {
  /** Among those that are running, which keep it. */
  place = -1;
  private leaseEndsAt: number;
  private interruptedBy: Interruption | undefined;
  private controller: AbortController | undefined;
  private conclude: ((outcome: Outcome | undefined) => void) | undefined;

  constructor(
    readonly queue: string,
    readonly job: ClaimedJob,
    private readonly options: DeliveryOptions,
  ) {
    this.leaseEndsAt = performance.now() + options.leaseMs;
  }

  /** By the clock of this process, which may be a little late: the fence keeps what then is written from counting. */
  get isLeaseOver(): boolean {
    return performance.now() >= this.leaseEndsAt;
  }

  /** Redis has renewed the lease, asked at `askedAt` (`performance.now()`). */
  leaseRenewed(askedAt: number): void {
    this.leaseEndsAt = askedAt + this.options.leaseMs;
  }

  get interruption(): Interruption | undefined {
    return this.interruptedBy;
  }

  /** Made when a handler first asks for it: it costs more than a small job, and most handlers never do. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.interruptedBy !== undefined) this.controller.abort(this.interruptedBy);
    return this.controller.signal;
  }

  /** Fires the handler's signal; `run` then resolves at once, whatever the handler does. */
  end(why: Interruption): void {
    if (this.interruptedBy !== undefined) return;
    this.interruptedBy = why;
    this.controller?.abort(why);
    this.conclude?.(why === 'timeout' ? timedOut(this.options.timeoutMs) : undefined);
  }

  /** undefined when the outcome is no longer this worker's to tell. */
  run(execute: Executor): Promise<Outcome | undefined> {
    if (this.interruptedBy !== undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.end('timeout');
      }, this.options.timeoutMs);
      this.conclude = (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      void execute(this.job, this.queue, new Context(this, this.options)).then(this.conclude);
    });
  }
}

/** What few handlers ask for is made when they do. */
class Context implements JobContext {
  readonly attempt: number;
  readonly fence: string;
  readonly deadline: number;

  constructor(
    private readonly delivery: Delivery,
    private readonly options: DeliveryOptions,
  ) {
    const { attempt, fence } = delivery.job;
    this.attempt = attempt;
    this.fence = fence;
    this.deadline = Date.now() + options.timeoutMs;
  }

  get signal(): AbortSignal {
    return this.delivery.signal;
  }

  get publish(): JobContext['publish'] {
    return (...chunks) => tell(this.options.publish, this.delivery.job, chunks);
  }

  get log(): Logger {
    const { queue, job } = this.delivery;
    return this.options.log.child({ queue, job: job.id, attempt: job.attempt });
  }
}

const timedOut = (timeoutMs: number): Outcome => ({
  verdict: 'failed',
  error: { code: 'timeout', message: `The handler took longer than ${timeoutMs} ms` },
});
