import type { ClaimedJob } from '../queue/types.js';
import type { Executor, JobContext, Outcome } from './types.js';
import type { Logger } from '../log.js';

/** Why a delivery ends before its handler does. */
export type Interruption = 'timeout' | 'lease lost' | 'stopping';

/** One job in the hands of this worker, from claim to outcome. */
export class Delivery {
  private readonly interrupt = new AbortController();
  private leaseEndsAt: number;

  constructor(
    readonly queue: string,
    readonly job: ClaimedJob,
    private readonly options: { readonly leaseMs: number; readonly timeoutMs: number; readonly log: Logger },
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
    return this.interrupt.signal.aborted ? (this.interrupt.signal.reason as Interruption) : undefined;
  }

  /** Fires the handler's signal; `run` then resolves at once, whatever the handler does. */
  end(why: Interruption): void {
    this.interrupt.abort(why);
  }

  /** undefined when the outcome is no longer this worker's to tell. */
  async run(execute: Executor): Promise<Outcome | undefined> {
    const { timeoutMs } = this.options;
    const timer = setTimeout(() => {
      this.end('timeout');
    }, timeoutMs);
    const { signal } = this.interrupt;
    const interrupted = new Promise<Outcome | undefined>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(signal.reason === 'timeout' ? timedOut(timeoutMs) : undefined);
      });
    });
    try {
      if (signal.aborted) return undefined;
      return await Promise.race([interrupted, execute({ ...this.job, queue: this.queue }, this.context())]);
    } finally {
      clearTimeout(timer);
    }
  }

  private context(): JobContext {
    const { attempt, fence, id } = this.job;
    const { queue } = this;
    const { log, timeoutMs } = this.options;
    return {
      signal: this.interrupt.signal,
      // A log of its own costs more than a small job: most handlers never ask for it.
      get log() {
        return log.child({ queue, job: id, attempt });
      },
      attempt,
      fence,
      deadline: Date.now() + timeoutMs,
    };
  }
}

const timedOut = (timeoutMs: number): Outcome => ({
  verdict: 'failed',
  error: { code: 'timeout', message: `The handler took longer than ${timeoutMs} ms` },
});
