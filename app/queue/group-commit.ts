import type { FunctionCall } from '../redis/types.js';
import { MoorlineError } from '../resilience/errors.js';
import { cutRound, type Chunk, type Submission } from './cut-round.js';
import type { Write } from './durability.js';
import { readEnqueueReply } from './enqueue-reply.js';
import { queueCall } from './library.js';
import type { PreparedJob } from './prepare-job.js';
import type { QueueMetrics } from './queue-metrics.js';
import type { EnqueueOutcome } from './types.js';

const maxWaitingJobs = 200_000;
const maxWaitingBytes = 64 * 1024 * 1024;
/** Who waited so long for its turn is told to try again rather than kept. */
const maxQueuedMs = 10_000;

export interface Commit {
  /** In the order of the jobs. */
  readonly outcomes: readonly EnqueueOutcome[];
  /** Of the queue's settings, at the time of the last write. */
  readonly revision: number;
}

interface Waiting extends Submission {
  readonly outcomes: EnqueueOutcome[];
  /** Jobs without an answer yet. */
  open: number;
  readonly since: number;
  readonly resolve: (commit: Commit) => void;
  readonly reject: (error: unknown) => void;
  /** Called once, when it is resolved or rejected. */
  readonly onEnd: () => void;
}

/** A round of more jobs than twice this goes in two calls: while Redis does the one, the callers of the other prepare their next jobs. */
const minShare = 32;

export interface Rounds {
  /** Of enqueues that nobody confirms but the primary, two rounds may be under way; else one, because the others wait for the same WAIT. */
  readonly atOnce: 1 | 2;
}

/**
 * Enqueues in rounds: what arrives in one tick, and whatever arrives while rounds are under way, shares the calls of the
 * next round and its one confirmation, over all queues. So a hundred single enqueues cost about as much as one.
 */
export class GroupCommit {
  /** In the order they came; those before the first that is not sent as a whole are gone. */
  private readonly waiting: Waiting[] = [];
  private pendingJobs = 0;
  private pendingBytes = 0;
  private unsentJobs = 0;
  private underWay = 0;
  private isScheduled = false;
  private readonly idlers: (() => void)[] = [];

  constructor(
    private readonly write: Write,
    private readonly rounds: Rounds,
    private readonly metrics: Pick<QueueMetrics, 'called'>,
  ) {}

  /** Resolves once all of the jobs are stored and confirmed. */
  add(call: Submission['call'], queue: string, jobs: readonly PreparedJob[]): Promise<Commit> {
    let bytes = 0;
    for (const job of jobs) bytes += job.bytes;
    if (this.pendingJobs + jobs.length > maxWaitingJobs || this.pendingBytes + bytes > maxWaitingBytes) {
      return Promise.reject(tooManyWaiting());
    }
    this.pendingJobs += jobs.length;
    this.pendingBytes += bytes;
    this.unsentJobs += jobs.length;
    return new Promise<Commit>((resolve, reject) => {
      const since = performance.now();
      const onEnd = () => {
        this.pendingJobs -= jobs.length;
        this.pendingBytes -= bytes;
        if (this.pendingJobs === 0) for (const idler of this.idlers.splice(0)) idler();
      };
      this.waiting.push({ call, queue, jobs, next: 0, outcomes: [], open: jobs.length, since, resolve, reject, onEnd });
      this.schedule();
    });
  }

  /** Resolves when nothing is waiting any more. */
  idle(): Promise<void> {
    if (this.pendingJobs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.idlers.push(resolve);
    });
  }

  /** The round begins when all who are awake have had their say: what they enqueue now belongs to it. */
  private schedule(): void {
    if (this.isScheduled || this.waiting.length === 0 || this.underWay >= this.rounds.atOnce) return;
    this.isScheduled = true;
    process.nextTick(() => {
      this.isScheduled = false;
      void this.runRound();
    });
  }

  private async runRound(): Promise<void> {
    this.giveUpStale();
    const share = Math.ceil(this.unsentJobs / 2);
    const isSplit = this.rounds.atOnce > 1 && this.underWay === 0 && share > minShare;
    const chunks = cutRound(this.waiting, isSplit ? share : undefined);
    for (const { jobs } of chunks) this.unsentJobs -= jobs.length;
    this.dropSent();
    this.underWay += 1;
    // What shares a confirmation is written together; else each call counts as soon as it is answered.
    if (this.rounds.atOnce === 1) await this.commit(chunks);
    else await Promise.all(chunks.map((chunk) => this.commit([chunk])));
    this.underWay -= 1;
    this.schedule();
  }

  private giveUpStale(): void {
    const tooLate = performance.now() - maxQueuedMs;
    for (const submission of this.waiting) {
      if (submission.since >= tooLate) return;
      this.unsentJobs -= submission.jobs.length - submission.next;
      fail(submission, tooManyWaiting());
    }
  }

  private dropSent(): void {
    const sent = this.waiting.findIndex(({ next, jobs }) => next < jobs.length);
    this.waiting.splice(0, sent === -1 ? this.waiting.length : sent);
  }

  private async commit(chunks: readonly Chunk<Waiting>[]): Promise<void> {
    try {
      const { replies, unconfirmed } = await this.write(chunks.map(callOf));
      for (const { jobs } of chunks) this.metrics.called('enqueue', jobs.length);
      for (const [at, chunk] of chunks.entries()) {
        const reply = replies[at];
        if (reply instanceof Error) this.failChunk(chunk, reply);
        else if (unconfirmed !== undefined) this.failChunk(chunk, unconfirmed);
        else completeChunk(chunk, reply);
      }
    } catch (error) {
      for (const chunk of chunks) this.failChunk(chunk, error);
    }
  }

  /** Fails the submissions as a whole: their jobs that are not sent yet stay unsent. */
  private failChunk({ parts }: Chunk<Waiting>, error: unknown): void {
    for (const { submission } of parts) {
      this.unsentJobs -= submission.jobs.length - submission.next;
      fail(submission, error);
    }
  }
}

function callOf({ call, queue, jobs }: Chunk<Waiting>): FunctionCall {
  const args: string[] = [];
  for (const job of jobs) args.push(...job.args);
  return queueCall(call, queue, args);
}

function completeChunk({ parts, jobs }: Chunk<Waiting>, reply: unknown): void {
  const { outcomes, revision } = readEnqueueReply(reply, jobs);
  let at = 0;
  for (const { submission, from, to } of parts) {
    for (let job = from; job < to; job += 1, at += 1) {
      const outcome = outcomes[at];
      if (outcome instanceof MoorlineError) fail(submission, outcome);
      else if (outcome !== undefined) submission.outcomes[job] = outcome;
    }
    if (submission.open === 0) continue;
    submission.open -= to - from;
    if (submission.open > 0) continue;
    submission.onEnd();
    submission.resolve({ outcomes: submission.outcomes, revision });
  }
}

function fail(submission: Waiting, error: unknown): void {
  submission.next = submission.jobs.length;
  if (submission.open === 0) return;
  submission.open = 0;
  submission.onEnd();
  submission.reject(error);
}

function tooManyWaiting(): MoorlineError {
  return new MoorlineError(
    'redis_unavailable',
    `More enqueues wait for Redis than it takes (at most ${maxWaitingJobs} jobs, ${maxWaitingBytes} bytes and ${maxQueuedMs} ms). Try again more slowly.`,
    { retryAfterMs: 1000 },
  );
}
