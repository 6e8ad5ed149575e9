import type { Backoff, QueueSettings, SettingsView } from './settings.js';

/** A job as it is handed in. */
export interface JobInput {
  /** 1-200 characters without control characters; made here (sortable) when absent. The same id again is a duplicate, not a second job. */
  readonly id?: string;
  /** Any JSON value. */
  readonly data: unknown;
  /** 0-9, 9 first. @default 0 */
  readonly priority?: number;
  /** @default 0 */
  readonly delayMs?: number;
  /** How many failed attempts before the job is a dead letter. @default the queue's, else 3 */
  readonly maxAttempts?: number;
  /** How long a handler may take. @default the queue's, else the worker's own */
  readonly timeoutMs?: number;
  /** How long it waits after a failed attempt. @default that of its queue, else by chance up to 1 s, doubled with each attempt up to 5 min */
  readonly backoff?: Backoff;
  /** 1-200 bytes: jobs of one key run in the order they came, one at a time or as many as the queue's `keyConcurrency`. */
  readonly key?: string;
  readonly dedupe?: Dedupe;
}

/** Of the jobs of a queue with the same dedupe key, one stands for the others. */
export interface Dedupe {
  /** 1-200 bytes; nothing to do with the key of the order. */
  readonly key: string;
  /**
   * `simple`: others are dropped until the first is finished. `throttle`: for `ttlMs` since the first, finished or not.
   * `debounce`: a new one takes the place of the first while that is delayed, and its own delay begins.
   * `keepLast`: while the first is under way, the newest other is kept and runs after it; before that, others are dropped.
   */
  readonly mode: 'simple' | 'throttle' | 'debounce' | 'keepLast';
  /** With `throttle`, and only then. */
  readonly ttlMs?: number;
}

/**
 * `dead`: its data does not match the schema of the queue, so it is a dead letter.
 * `duplicate`: the queue has the id, in whatever state. When a connection broke meanwhile, this very call may have put it in. */
export type EnqueueStatus = 'queued' | 'delayed' | 'duplicate' | 'dead';

export interface EnqueueOutcome {
  readonly status: EnqueueStatus;
  /** Of a duplicate that dedupe dropped: the id of the job that stands for it. */
  readonly of?: string;
}

export interface EnqueueReceipt {
  readonly jobs: readonly (EnqueueOutcome & { readonly id: string })[];
  readonly durability: Durability;
}

/** Where jobs are once their enqueue is answered. */
export interface Durability {
  /** `memory`: the primary has them; `replicated`: a replica, too; `fsync`: they are on disk. */
  readonly class: 'memory' | 'replicated' | 'fsync';
  /** That have them besides the primary. */
  readonly replicas: number;
  readonly confirmed: boolean;
}

export interface ClaimRequest {
  readonly max: number;
  readonly leaseMs: number;
  /** Name of the claiming worker, for people. */
  readonly worker: string;
  /** Waits so long for work. @default 0 */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

export interface WorkWait {
  /** As the claim told that found nothing. */
  readonly nextWakeMs?: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** A delivery: `fence` names it and never repeats. Times are milliseconds of Redis' clock. */
export interface ClaimedJob {
  readonly id: string;
  readonly fence: string;
  /** 1 for the first. Crashes are counted apart and do not raise it. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly priority: number;
  readonly enqueuedAt: number;
  readonly leaseUntil: number;
  readonly timeoutMs?: number;
  readonly key?: string;
  /** The JSON text of the job's data, as it is stored. */
  readonly dataJson: string;
}

export interface DeliveryRef {
  readonly id: string;
  readonly fence: string;
}

export interface JobFailure {
  /** Cut after 2 KiB. */
  readonly message: string;
  readonly code?: string;
  /** Cut after 4 KiB. */
  readonly stack?: string;
  /** Any JSON value; of more than 4 KiB its text is kept, cut. */
  readonly details?: unknown;
}

/**
 * What a failure means. `retry`: the attempt counts, and another one comes after the backoff. `never`: a dead letter at once.
 * `wait`: not now; the job comes again without having lost an attempt. `rateLimited`: the same, and until then the whole
 * queue hands out nothing.
 */
export type FailureClass = 'retry' | 'never' | 'wait' | 'rateLimited';

export interface SettleRequest {
  /** `resultJson` is the JSON text of the result. */
  readonly done?: readonly (DeliveryRef & { readonly resultJson?: string })[];
  /** `retry: false` is the class `never`; `retryAfterMs` overrides the backoff. */
  readonly failed?: readonly (DeliveryRef & {
    readonly error: JobFailure;
    readonly class?: FailureClass;
    readonly retry?: boolean;
    readonly retryAfterMs?: number;
  })[];
  readonly extend?: readonly (DeliveryRef & { readonly leaseMs: number })[];
  /** Hands the job back at once, without counting an attempt. */
  readonly release?: readonly DeliveryRef[];
  /** Claims in the same trip to Redis. */
  readonly claim?: ClaimRequest;
}

export interface SettleResult {
  readonly accepted: number;
  readonly rejected: readonly (DeliveryRef & { readonly reason: 'stale' })[];
  readonly jobs: readonly ClaimedJob[];
  /** When the claim found nothing: until a delayed job is due or a lease expires; absent: never. */
  readonly nextWakeMs?: number;
}

export interface QueueCounts {
  readonly queue: string;
  readonly ready: number;
  readonly delayed: number;
  readonly leased: number;
  readonly dead: number;
  /** How long the job has stood in line that stands there longest (one that was handed back keeps its place); 0 when none does. */
  readonly oldestReadyMs: number;
  readonly paused: boolean;
  /** Over the last minute. */
  readonly rates: {
    readonly enqueuedPerSecond: number;
    readonly donePerSecond: number;
    readonly failedPerSecond: number;
  };
  /** Since the queue was made. */
  readonly totals: {
    readonly enqueued: number;
    readonly done: number;
    readonly failed: number;
    readonly crashed: number;
    readonly dead: number;
  };
}

/** Where a job is and why. */
export type JobState =
  | { readonly state: 'ready'; readonly ahead: number }
  | { readonly state: 'delayed'; readonly until: number }
  | { readonly state: 'leased'; readonly worker: string; readonly until: number; readonly fence: string }
  | { readonly state: 'done'; readonly resultJson?: string; readonly finishedAt: number }
  | {
      readonly state: 'dead';
      readonly reason: DeadReason;
      readonly errors: readonly DeadError[];
      readonly diedAt: number;
    };

export type JobView = JobState & {
  readonly id: string;
  readonly queue: string;
  readonly attempts?: number;
  readonly crashes?: number;
  readonly maxAttempts?: number;
  readonly priority?: number;
  readonly enqueuedAt?: number;
  readonly key?: string;
  readonly dataJson?: string;
};

/** `failed`: its last attempt did. `rejected`: a worker said never again. `crashed`: it took down too many workers. `invalid`: its data did not match the schema of the queue. */
export type DeadReason = 'failed' | 'rejected' | 'crashed' | 'invalid';

export interface DeadError extends JobFailure {
  readonly attempt: number;
  readonly at: number;
}

export interface DeadJob {
  readonly id: string;
  /** Stable over jobs that died of the same: hash of code and message with numbers and ids taken out. */
  readonly fingerprint: string;
  readonly reason: DeadReason;
  readonly errors: readonly DeadError[];
  readonly attempts: number;
  readonly crashes: number;
  readonly priority: number;
  readonly enqueuedAt: number;
  readonly diedAt: number;
  readonly key?: string;
  readonly dataJson: string;
}

export type DeadSelection =
  { readonly ids: readonly string[] } | { readonly fingerprint: string } | { readonly all: true };

export interface DeadPage {
  readonly jobs: readonly DeadJob[];
  /** Pass it back for the next page; absent on the last one. */
  readonly cursor?: string;
}

export interface DeadPageRequest {
  readonly cursor?: string;
  readonly limit: number;
  readonly fingerprint?: string;
}

export interface DeadOptions {
  /** @default as many as one request may change */
  readonly limit?: number;
  /** For replay: the jobs start one after another, as delayed jobs. */
  readonly ratePerSecond?: number;
  /** Counts and changes nothing. */
  readonly dryRun?: boolean;
}

/** All queues on one Redis; app/queue/queues.ts implements it. Every method rejects with a MoorlineError only. */
export interface Queues {
  /**
   * Stores the jobs: idempotent by id, so that what failed with a retryable error may be sent again.
   * Such an error names the ids, also those made here, as `details.jobs`.
   */
  enqueue(queue: string, jobs: readonly JobInput[]): Promise<EnqueueReceipt>;
  /** Leases jobs, by priority and then in the order they came. If the answer is lost, they come back when their leases expire. */
  claim(queue: string, request: ClaimRequest): Promise<readonly ClaimedJob[]>;
  /** Tells how deliveries ended, and claims anew in the same trip. May be repeated: the same verdict on the same delivery is accepted again. */
  settle(queue: string, request: SettleRequest): Promise<SettleResult>;
  /** Resolves with true at a sign of work or at `nextWakeMs`: claim then, it may come to nothing. With false when the signal fires. */
  waitForWork(queue: string, wait: WorkWait): Promise<boolean>;
  /** Gives the sign of work to another process, for want of room to do the work here. */
  passOn(queue: string): void;
  /** Of all queues that ever got a job, sorted. */
  names(): Promise<readonly string[]>;
  /** Zeros for a queue that nobody used. */
  counts(queue: string): Promise<QueueCounts>;
  /** Undefined when the queue does not know the id, or has forgotten that it was done. */
  job(queue: string, id: string): Promise<JobView | undefined>;
  settings(queue: string): Promise<SettingsView>;
  /** Replaces the settings as a whole; they hold from the next call on. */
  configure(queue: string, settings: QueueSettings): Promise<SettingsView>;
  /** A paused queue takes jobs and settlements and hands out nothing. */
  pause(queue: string): Promise<void>;
  resume(queue: string): Promise<void>;
  /** Dead letters in the order of their deaths. */
  dead(queue: string, request: DeadPageRequest): Promise<DeadPage>;
  /** Starts dead letters anew. */
  replay(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadReplayed>;
  /** Forgets dead letters for good. */
  purge(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadPurged>;
  /** Waiting claims end without jobs; what is under way is finished. */
  close(): Promise<void>;
}

export interface DeadReplayed {
  readonly matched: number;
  readonly replayed: number;
}

export interface DeadPurged {
  readonly matched: number;
  readonly purged: number;
}
