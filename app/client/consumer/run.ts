import { endStream, tell, type PublishChunks } from '../../dispatch/task-streams.js';
import { outcomeOfError, outcomeOfResult, type Outcome } from '../../queue/outcome.js';
import type { Delivery, Job, Settlement } from '../types.js';

export interface JobContext {
  /** Fires when the time is up, the lease is lost, the job is cancelled or the worker closes: whatever the handler does then counts no more. */
  readonly signal: AbortSignal;
  /** When `signal` fires at the latest: milliseconds since 1970, by the clock of this machine. */
  readonly deadline: number;
  /** To those who follow the stream of the task, in this order; it ends with the task. Rejects for jobs without a stream. */
  readonly publish: (...chunks: readonly unknown[]) => Promise<void>;
}

/**
 * Does a job. What it returns, if anything, is the job's result: JSON, 64 KiB at most. A job runs at least once: do it so that twice
 * is no harm. What it throws fails the attempt; `NeverRetry`, `RetryLater`, `NotYet` and `RateLimited` say what is to follow.
 */
export type Handler<Data> = (job: Job<Data>, context: JobContext) => unknown;

/** Why a run ends before its handler does. */
export type Interruption = 'timeout' | 'lease lost' | 'closing' | 'cancelled';

/** One delivery in the hands of a handler. */
export class Run {
  private readonly interrupt = new AbortController();
  private leaseEndsAt: number;

  constructor(
    readonly job: Job<unknown>,
    private readonly options: { readonly leaseMs: number; readonly timeoutMs: number; readonly publish: PublishChunks },
  ) {
    this.leaseEndsAt = performance.now() + options.leaseMs;
  }

  /** By the clock of this process; the fence keeps from counting what is written too late. */
  get isLeaseOver(): boolean {
    return performance.now() >= this.leaseEndsAt;
  }

  /** Renewed, as asked at `askedAt` (`performance.now()`). */
  leaseRenewed(askedAt: number): void {
    this.leaseEndsAt = askedAt + this.options.leaseMs;
  }

  /** Fires the handler's signal; the run then ends at once, whatever the handler does. */
  end(why: Interruption): void {
    this.interrupt.abort(why);
  }

  /** Undefined when the job is no longer this worker's. */
  async settlement(handler: Handler<unknown>): Promise<Settlement | undefined> {
    const { id, fence } = this.job;
    const outcome = await this.outcome(handler);
    if (outcome !== undefined) {
      // A stream that is not ended goes some time after its last chunk.
      await endStream(this.options.publish, this.job, outcome).catch(() => undefined);
      return { id, fence, ...outcome };
    }
    // A cancelled job that is handed back ends as cancelled.
    return this.interrupt.signal.reason === 'lease lost' ? undefined : { id, fence, verdict: 'release' };
  }

  private async outcome(handler: Handler<unknown>): Promise<Outcome | undefined> {
    const { signal } = this.interrupt;
    if (signal.aborted) return undefined;
    const { timeoutMs, publish } = this.options;
    const timer = setTimeout(() => {
      this.end('timeout');
    }, timeoutMs);
    const interrupted = new Promise<Outcome | undefined>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(signal.reason === 'timeout' ? timedOut(timeoutMs) : undefined);
      });
    });
    try {
      const context = {
        signal,
        deadline: Date.now() + timeoutMs,
        publish: (...chunks: readonly unknown[]) => tell(publish, this.job, chunks),
      };
      return await Promise.race([interrupted, run(handler, this.job, context)]);
    } finally {
      clearTimeout(timer);
    }
  }
}

export const jobOf = (queue: string, delivery: Delivery): Job<unknown> => ({ ...delivery, queue });

async function run(handler: Handler<unknown>, job: Job<unknown>, context: JobContext): Promise<Outcome> {
  try {
    return outcomeOfResult(await handler(job, context));
  } catch (error) {
    return outcomeOfError(error);
  }
}

const timedOut = (timeoutMs: number): Outcome => ({
  verdict: 'failed',
  error: { code: 'timeout', message: `The handler took longer than ${timeoutMs} ms` },
});
