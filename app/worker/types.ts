import type { Logger } from '../log.js';
import type { Outcome } from '../queue/outcome.js';
import type { ClaimedJob } from '../queue/types.js';

/** A job as a handler sees it. */
export interface Job {
  readonly id: string;
  readonly queue: string;
  readonly data: unknown;
  /** 1 for the first. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly priority: number;
  /** Milliseconds since 1970, by the clock of Redis. */
  readonly enqueuedAt: number;
  /** Of a task that has one; see `publish`. */
  readonly stream?: string;
}

export interface JobContext {
  /** Fires when the time is up, the lease is lost or the worker stops: whatever the handler does then counts no more. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly attempt: number;
  /** Grows with each delivery of a queue: `WHERE fence < $1` keeps a delivery that is over from writing after its successor. */
  readonly fence: string;
  /** When `signal` fires at the latest: milliseconds since 1970, by the clock of this machine. Of a task its own, if that is sooner. */
  readonly deadline: number;
  /** To those who follow the stream of the task, in this order; it ends with the task. Rejects for jobs without a stream. */
  readonly publish: (...chunks: readonly unknown[]) => Promise<void>;
}

/**
 * Does a job. What it returns, if anything, is the job's result: JSON, 64 KiB at most. A job runs at least once: do it so that twice is no harm.
 * What it throws fails the attempt; `code`, `stack` and `details` of an error are kept. An error with `retry === false` makes a dead letter at once,
 * one with `retryAfterMs` is tried again after that time, and `class` says what else it may mean (see FailureClass).
 */
export type Handler = (job: Job, context: JobContext) => unknown;

/** Does one delivery, in this process or elsewhere. Never rejects. */
export type Executor = (job: ClaimedJob, queue: string, context: JobContext) => Promise<Outcome>;
