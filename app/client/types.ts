import type { AskOptions, StartedTask, TaskOptions } from '../dispatch/types.js';
import type { Outcome } from '../queue/outcome.js';
import type {
  Cancelled,
  ClaimedJob,
  ClaimRequest,
  DeliveryRef,
  EnqueueReceipt,
  JobInput,
  JobView as StoredView,
  QueueCounts,
  SettleResult,
} from '../queue/types.js';

/** A job as a handler sees it. Times are milliseconds since 1970, by the clock of Redis. */
export interface Job<Data> extends Omit<ClaimedJob, 'dataJson'> {
  readonly queue: string;
  readonly data: Data;
}

/** Where a job is and why. */
export type JobView<Data = unknown> = Parsed<StoredView, Data>;

/** Data and results as values; over each member of a union. */
type Parsed<View, Data> = View extends unknown
  ? Omit<View, 'dataJson' | 'resultJson'> & { readonly data?: Data; readonly result?: unknown }
  : never;

export type Delivery = Omit<ClaimedJob, 'dataJson'> & { readonly data: unknown };

/** One verdict on one delivery. */
export type Settlement = DeliveryRef & (Outcome | { readonly verdict: 'release' });

export interface Settled {
  readonly rejected: SettleResult['rejected'];
  readonly jobs: readonly Delivery[];
}

export interface Answered {
  readonly id: string;
  readonly result: unknown;
}

/** Which deliveries are over: their lease is lost, or their jobs are cancelled. */
export interface Extended {
  readonly rejected: readonly DeliveryRef[];
  readonly cancelled?: readonly DeliveryRef[];
}

/** The queues, behind a gateway or in Redis. Every method rejects with a MoorlineError only. */
export interface Backend {
  enqueue(queue: string, jobs: readonly JobInput[]): Promise<EnqueueReceipt>;
  claim(queue: string, request: ClaimRequest): Promise<readonly Delivery[]>;
  settle(queue: string, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<Settled>;
  extend(queue: string, deliveries: readonly DeliveryRef[], leaseMs: number): Promise<Extended>;
  counts(queue: string): Promise<QueueCounts>;
  job(queue: string, id: string): Promise<JobView | undefined>;
  cancel(queue: string, id: string): Promise<Cancelled>;
  setPaused(queue: string, paused: boolean): Promise<void>;
  /** Chunks to a stream; with `end` there come no more. */
  publish(stream: string, chunks: readonly unknown[], end: boolean): Promise<unknown>;
  /** Rejects with `task_failed`, `task_cancelled` or `deadline_exceeded`. */
  ask(queue: string, data: unknown, options: AskOptions): Promise<Answered>;
  start(queue: string, data: unknown, options: TaskOptions): Promise<StartedTask>;
  task(id: string, waitMs: number): Promise<JobView | undefined>;
  cancelTask(id: string): Promise<Cancelled>;
  close(): Promise<void>;
}
