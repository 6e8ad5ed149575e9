import type {
  DeadAuditEntry,
  DeadError,
  DeadGroups,
  DeadOptions,
  DeadPage,
  DeadPageRequest,
  DeadPurged,
  DeadReason,
  DeadReplayed,
  DeadSelection,
  FailureClass,
  JobFailure,
  JobNotes,
} from './story-types.js';
import type { QueueCounts, WaitCause } from './view-types.js';
import type { Backoff, QueueSettings, SettingsView } from './settings.js';

export type * from './story-types.js';
export type * from './view-types.js';

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
  /** Makes it a task: a job that somebody waits for. */
  readonly task?: TaskTraits;
}

/**
 * A task ends at its deadline at the latest, and with its last attempt: it never becomes a dead letter, and what came of it is kept as
 * results are. A claim does not hand out what is past its deadline.
 */
export interface TaskTraits {
  /** How long after its enqueue the deadline is. */
  readonly expireMs: number;
  /** Whoever does it may publish to the stream of the task. @default false */
  readonly hasStream?: boolean;
  /** Where the answer goes when the task ends, as functions/answers.lua says. @default nowhere: it is kept by id */
  readonly replyTo?: string;
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
  /** Name of the claiming worker, for people; of one that beats, no other may have it. */
  readonly worker: string;
  /** The worker will `beat` while it holds leases: when it falls silent, they go back within seconds. @default false */
  readonly beats?: boolean;
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
  /** Of a task: when nobody waits for it any more. */
  readonly deadline?: number;
  /** Of a task that has one: the stream for what is to be told before the end. */
  readonly stream?: string;
  /** The JSON text of the job's data, as it is stored. */
  readonly dataJson: string;
}

export interface DeliveryRef {
  readonly id: string;
  readonly fence: string;
}

export interface SettleRequest {
  /** While the job is at work: `progressJson` replaces the last one (JSON text, 4 KiB at most), `log` is one more line (cut after 2 KiB). */
  readonly progress?: readonly (DeliveryRef & { readonly progressJson?: string; readonly log?: string })[];
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
  /**
   * `stale`: the delivery is over, and this changed nothing. `unconfirmed`: it is done, but no replica has confirmed it in time, so
   * that a failover may undo it: settle the same again, which is accepted twice.
   */
  readonly rejected: readonly (DeliveryRef & { readonly reason: 'stale' | 'unconfirmed' })[];
  /**
   * Of those accepted, the deliveries whose jobs are cancelled; absent when there are none. A job that was extended is to be
   * dropped now: however it is settled, it ends as cancelled.
   */
  readonly cancelled?: readonly DeliveryRef[];
  readonly jobs: readonly ClaimedJob[];
  /** When the claim found nothing: until a delayed job is due or a lease expires; absent: never. */
  readonly nextWakeMs?: number;
}

/** Where a job is and why. */
export type JobState =
  | { readonly state: 'ready'; readonly ahead: number }
  | { readonly state: 'delayed'; readonly until: number }
  | {
      readonly state: 'leased';
      readonly worker: string;
      readonly until: number;
      readonly fence: string;
      /** It is cancelled, and its worker has not ended it yet. */
      readonly cancelling?: true;
    }
  | { readonly state: 'cancelled'; readonly finishedAt: number }
  | { readonly state: 'done'; readonly resultJson?: string; readonly finishedAt: number }
  /** Of tasks alone. */
  | { readonly state: 'failed'; readonly error: JobFailure; readonly finishedAt: number }
  | { readonly state: 'expired'; readonly finishedAt: number }
  | {
      readonly state: 'dead';
      readonly reason: DeadReason;
      readonly errors: readonly DeadError[];
      readonly diedAt: number;
    };

export type JobView = JobState &
  JobNotes & {
    readonly id: string;
    readonly queue: string;
    readonly attempts?: number;
    readonly crashes?: number;
    readonly maxAttempts?: number;
    readonly priority?: number;
    readonly enqueuedAt?: number;
    readonly key?: string;
    /** Of a task. */
    readonly deadline?: number;
    readonly stream?: string;
    /** Why a job that is not delayed waits; absent when it waits for a worker and those ahead of it. */
    readonly because?: WaitCause;
    readonly dataJson?: string;
  };

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
  /** The worker is alive: every second while it holds leases that it claimed with `beats`; once with `isLeaving` when it holds none any more. */
  beat(queue: string, worker: string, options?: { readonly isLeaving?: boolean }): Promise<BeatAnswer>;
  /** Of all queues that ever got a job, sorted. */
  names(): Promise<readonly string[]>;
  /** Zeros for a queue that nobody used. */
  counts(queue: string): Promise<QueueCounts>;
  /** Undefined when the queue does not know the id, or has forgotten that it was done. */
  job(queue: string, id: string): Promise<JobView | undefined>;
  /**
   * Ends a job: one that waits at once, one that a worker has as soon as that worker lets go of it, or loses it.
   * Again is no harm. Rejects with `not_found`, or with `job_over` when it is done or a dead letter.
   */
  cancel(queue: string, id: string, options?: CancelOptions): Promise<Cancelled>;
  settings(queue: string): Promise<SettingsView>;
  /** Replaces the settings as a whole; they hold from the next call on. */
  configure(queue: string, settings: QueueSettings): Promise<SettingsView>;
  /** A paused queue takes jobs and settlements and hands out nothing. */
  pause(queue: string): Promise<void>;
  /** Ends a drain, too. */
  resume(queue: string): Promise<void>;
  /** A draining queue refuses new jobs (`queue_paused`) and hands out what it has. */
  drain(queue: string): Promise<void>;
  /** The same as `pause` for the jobs of one key. */
  pauseKey(queue: string, key: string): Promise<void>;
  resumeKey(queue: string, key: string): Promise<void>;
  /** Removes jobs that are not under way, dead ones excepted; answers how many. */
  empty(queue: string, limit?: number): Promise<number>;
  /** Dead letters in the order of their deaths. */
  dead(queue: string, request: DeadPageRequest): Promise<DeadPage>;
  /** Dead letters by what they died of. */
  deadGroups(queue: string, limit: number): Promise<DeadGroups>;
  /** The last thousand replays and purges, the last one first. */
  deadAudit(queue: string, limit: number): Promise<readonly DeadAuditEntry[]>;
  /** Starts dead letters anew. */
  replay(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadReplayed>;
  /** Forgets dead letters for good. */
  purge(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadPurged>;
  /** Waiting claims end without jobs; what is under way is finished. */
  close(): Promise<void>;
}

export interface CancelOptions {
  /** Whoever waits for the answer of a task is told. @default true */
  readonly tells?: boolean;
}

export interface BeatAnswer {
  /** The queue did not know the worker: if it should have, the leases of this worker were taken back meanwhile. */
  readonly isNew: boolean;
  /** Leased jobs that are cancelled, of whichever worker: a renewal tells. */
  readonly cancelling: number;
}

export interface Cancelled {
  readonly id: string;
  readonly state: 'cancelled' | 'cancelling';
}
