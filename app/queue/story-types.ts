/** What jobs go through: failures, what workers tell of them, and death. */

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
 * queue hands out nothing; of a job that has a key, the jobs behind it in its key wait, and others go on.
 */
export type FailureClass = 'retry' | 'never' | 'wait' | 'rateLimited';

/** What workers told of a job, with the last 50 lines and 16 KiB of its log. */
export interface JobNotes {
  readonly progressJson?: string;
  readonly log?: readonly { readonly attempt: number; readonly at: number; readonly text: string }[];
}

/** `failed`: its last attempt did. `rejected`: a worker said never again. `crashed`: it took down too many workers. `invalid`: its data did not match the schema of the queue. */
export type DeadReason = 'failed' | 'rejected' | 'crashed' | 'invalid';

export interface DeadError extends JobFailure {
  readonly attempt: number;
  readonly at: number;
}

export interface DeadJob extends JobNotes {
  readonly id: string;
  /** Stable over jobs that died of the same: hash of code and message with numbers and ids taken out. */
  readonly fingerprint: string;
  readonly reason: DeadReason;
  readonly errors: readonly DeadError[];
  readonly attempts: number;
  readonly crashes: number;
  readonly replays: number;
  readonly priority: number;
  readonly enqueuedAt: number;
  readonly diedAt: number;
  readonly key?: string;
  readonly dataJson: string;
}

/** Which dead letters: named ones, or those that a filter lets pass (`all` does, where nothing else is given). */
export type DeadSelection =
  | { readonly ids: readonly string[] }
  | ({ readonly fingerprint: string } & DeadFilter)
  | ({ readonly all: true } & Omit<DeadFilter, 'fingerprint'>);

export interface DeadPage {
  readonly jobs: readonly DeadJob[];
  /** Pass it back for the next page; absent on the last one. */
  readonly cursor?: string;
}

/** What a dead letter must be; all that is given counts together. */
export interface DeadFilter {
  readonly fingerprint?: string;
  readonly reason?: DeadReason;
  /** Died longer ago. */
  readonly olderThanMs?: number;
  /** Died since. */
  readonly newerThanMs?: number;
}

export interface DeadPageRequest extends DeadFilter {
  readonly cursor?: string;
  readonly limit: number;
}

/** Jobs that died of the same. */
export interface DeadGroup {
  readonly fingerprint: string;
  readonly count: number;
  readonly firstDiedAt: number;
  readonly lastDiedAt: number;
  /** The one that died last, and of what; its error is absent where it has none (it crashed its workers). */
  readonly sample: { readonly id: string; readonly error?: DeadError };
}

export interface DeadGroups {
  /** The largest first. */
  readonly groups: readonly DeadGroup[];
  /** There are more kinds than were looked at, or asked for. */
  readonly more: boolean;
}

/** Who replayed or purged what. */
export interface DeadAuditEntry {
  readonly at: number;
  readonly by: string;
  readonly action: 'replay' | 'purge';
  /** As it was asked for; of ids how many, and the first hundred. */
  readonly selection: object;
  readonly matched: number;
  readonly changed: number;
  readonly refused?: number;
  /** It ended half-way with this code. */
  readonly error?: string;
}

export interface DeadOptions {
  /** @default as many as one request may change */
  readonly limit?: number;
  /** For replay: the jobs start one after another, as delayed jobs. */
  readonly ratePerSecond?: number;
  /** Counts and changes nothing. */
  readonly dryRun?: boolean;
  /** Who does it, for the audit. @default 'anonymous' */
  readonly by?: string;
}

export interface DeadReplayed {
  readonly matched: number;
  readonly replayed: number;
  /** Of those that were replayed as often as their queue allows already, the first hundred; absent when there are none. */
  readonly refused?: readonly string[];
}

export interface DeadPurged {
  readonly matched: number;
  readonly purged: number;
}
