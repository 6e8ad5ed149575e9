import type { DeadReason } from './story-types.js';

export interface QueueCounts {
  readonly queue: string;
  readonly ready: number;
  readonly delayed: number;
  readonly leased: number;
  readonly dead: number;
  /** Wait for another job: of their key, or the one that dedupe let run. */
  readonly blocked: number;
  /** How long the job has stood in line that stands there longest (one that was handed back keeps its place); 0 when none does. */
  readonly oldestReadyMs: number;
  /** Hands out nothing. */
  readonly paused: boolean;
  /** Takes no new jobs. */
  readonly draining: boolean;
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
    readonly cancelled: number;
    /** The dead ones by reason. */
    readonly deadBy: Readonly<Record<DeadReason, number>>;
    /** The oldest dead letters, gone because there were more than a million. */
    readonly dropped: number;
    /** Tasks that nobody had begun at their deadline. */
    readonly expired: number;
  };
}

/**
 * `queue_paused`, `key_paused`: until somebody resumes. `key_busy`: `job` (of its key) has to end first. `kept`: `job` has to end, which
 * dedupe let run. `concurrency`: so many jobs are under way. `rate`: the queue may hand out again at `until`. `key_rate`: its key likewise.
 */
export type WaitReason = 'queue_paused' | 'key_paused' | 'key_busy' | 'kept' | 'concurrency' | 'rate' | 'key_rate';

export interface WaitCause {
  readonly reason: WaitReason;
  readonly job?: string;
  readonly until?: number;
}
