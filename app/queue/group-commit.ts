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
}

/**
 * Enqueues in rounds: what arrives in one tick, and whatever arrives while a round is under way, shares the calls of the
 * next round and its one confirmation, over all queues. So a hundred single enqueues cost about as much as one.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private waitingJobs = 0;
  private waitingBytes = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly write: Write,
    private readonly metrics: Pick<QueueMetrics, 'called'>,
  ) {}

  /** Resolves once all of the jobs are stored and confirmed. */
  add(call: Submission['call'], queue: string, jobs: readonly PreparedJob[]): Promise<Commit> {
    const bytes = jobs.reduce((total, job) => total + job.bytes, 0);
    if (this.waitingJobs + jobs.length > maxWaitingJobs || this.waitingBytes + bytes > maxWaitingBytes) {
      throw tooManyWaiting();
    }
    this.waitingJobs += jobs.length;
    this.waitingBytes += bytes;
    return new Promise<Commit>((resolve, reject) => {
      const since = performance.now();
      this.waiting.push({ call, queue, jobs, next: 0, outcomes: [], open: jobs.length, since, resolve, reject });
      this.running ??= this.runRounds();
    }).finally(() => {
      this.waitingJobs -= jobs.length;
      this.waitingBytes -= bytes;
    });
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async runRounds(): Promise<void> {
    while (this.waiting.length > 0) {
      // Enqueues of the same tick belong to one round.
      await new Promise(setImmediate);
      this.giveUpStale();
      await this.commit(cutRound(this.waiting));
      this.waiting = this.waiting.filter(({ open }) => open > 0);
    }
    this.running = undefined;
  }

  private giveUpStale(): void {
    const tooLate = performance.now() - maxQueuedMs;
    for (const submission of this.waiting) {
      if (submission.since < tooLate) fail(submission, tooManyWaiting());
    }
    this.waiting = this.waiting.filter(({ open }) => open > 0);
  }

  private async commit(chunks: readonly Chunk<Waiting>[]): Promise<void> {
    try {
      const calls = chunks.map(({ call, queue, jobs }) =>
        queueCall(
          call,
          queue,
          jobs.flatMap(({ args }) => args),
        ),
      );
      const { replies, unconfirmed } = await this.write(calls);
      for (const { jobs } of chunks) this.metrics.called('enqueue', jobs.length);
      for (const [at, chunk] of chunks.entries()) {
        const reply = replies[at];
        if (reply instanceof Error) failChunk(chunk, reply);
        else if (unconfirmed !== undefined) failChunk(chunk, unconfirmed);
        else completeChunk(chunk, reply);
      }
    } catch (error) {
      for (const chunk of chunks) failChunk(chunk, error);
    }
  }
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
    submission.open -= to - from;
    if (submission.open === 0) submission.resolve({ outcomes: submission.outcomes, revision });
  }
}

function failChunk({ parts }: Chunk<Waiting>, error: unknown): void {
  for (const { submission } of parts) fail(submission, error);
}

/** Fails the whole submission: its jobs that are not sent yet stay unsent. */
function fail(submission: Waiting, error: unknown): void {
  submission.open = 0;
  submission.next = submission.jobs.length;
  submission.reject(error);
}

function tooManyWaiting(): MoorlineError {
  return new MoorlineError(
    'redis_unavailable',
    `More enqueues wait for Redis than it takes (at most ${maxWaitingJobs} jobs, ${maxWaitingBytes} bytes and ${maxQueuedMs} ms). Try again more slowly.`,
    { retryAfterMs: 1000 },
  );
}
