import { isMoorlineError, MoorlineError } from '../resilience/errors.js';
import type { FunctionCall, RedisConnections } from '../redis/types.js';
import { cutRound, type Chunk, type Submission } from './cut-round.js';
import { readEnqueueReply } from './enqueue-reply.js';
import { queueCall } from './library.js';
import type { PreparedJob } from './prepare-job.js';
import type { Durability, EnqueueOutcome } from './types.js';

const maxWaitingJobs = 200_000;
const maxWaitingBytes = 64 * 1024 * 1024;
/** Who waited so long for its turn is told to try again rather than kept. */
const maxQueuedMs = 10_000;

export interface GroupCommitOptions {
  readonly durability: Durability['class'];
  /** How long replicas may take to confirm. */
  readonly waitReplicasTimeoutMs: number;
}

interface Waiting extends Submission {
  readonly outcomes: EnqueueOutcome[];
  /** Jobs without an answer yet. */
  open: number;
  readonly since: number;
  readonly resolve: (outcomes: readonly EnqueueOutcome[]) => void;
  readonly reject: (error: MoorlineError) => void;
}

/**
 * Enqueues in rounds: what arrives in one tick, and whatever arrives while a round is under way, shares the calls of the
 * next round and its one WAIT, over all queues. So a hundred single enqueues cost about as much as one.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private waitingJobs = 0;
  private waitingBytes = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly connections: Pick<RedisConnections, 'call' | 'callDurably'>,
    private readonly options: GroupCommitOptions,
  ) {}

  /** Outcomes in the order of the jobs, once all of them are stored and confirmed. */
  add(queue: string, jobs: readonly PreparedJob[]): Promise<readonly EnqueueOutcome[]> {
    const bytes = jobs.reduce((total, job) => total + job.bytes, 0);
    if (this.waitingJobs + jobs.length > maxWaitingJobs || this.waitingBytes + bytes > maxWaitingBytes) {
      throw tooManyWaiting();
    }
    this.waitingJobs += jobs.length;
    this.waitingBytes += bytes;
    return new Promise<readonly EnqueueOutcome[]>((resolve, reject) => {
      const since = performance.now();
      this.waiting.push({ queue, jobs, next: 0, outcomes: [], open: jobs.length, since, resolve, reject });
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
      const calls = chunks.map(({ queue, jobs }) =>
        queueCall(
          'enqueue',
          queue,
          jobs.flatMap(({ args }) => args),
        ),
      );
      const { replies, unconfirmed } = await this.send(calls);
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

  private async send(
    calls: readonly FunctionCall[],
  ): Promise<{ replies: readonly unknown[]; unconfirmed?: MoorlineError }> {
    if (this.options.durability === 'memory') {
      const outcomes = await Promise.allSettled(calls.map((call) => this.connections.call('command', call, again)));
      return {
        replies: outcomes.map((outcome) =>
          outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error),
        ),
      };
    }
    const waitMs = this.options.waitReplicasTimeoutMs;
    const { replies, confirmedReplicas } = await this.connections.callDurably(calls, { replicas: 1, waitMs }, again);
    return confirmedReplicas >= 1 ? { replies } : { replies, unconfirmed: notConfirmed(waitMs) };
  }
}

/** Ids make an enqueue idempotent. */
const again = { repeatable: true };

function completeChunk({ parts, jobs }: Chunk<Waiting>, reply: unknown): void {
  const outcomes = readEnqueueReply(reply, jobs);
  let at = 0;
  for (const { submission, from, to } of parts) {
    for (let job = from; job < to; job += 1, at += 1) {
      const outcome = outcomes[at];
      if (outcome instanceof MoorlineError) fail(submission, outcome);
      else if (outcome !== undefined) submission.outcomes[job] = outcome;
    }
    submission.open -= to - from;
    if (submission.open === 0) submission.resolve(submission.outcomes);
  }
}

function failChunk({ parts }: Chunk<Waiting>, error: unknown): void {
  for (const { submission } of parts) fail(submission, error);
}

/** Fails the whole submission: its jobs that are not sent yet stay unsent. */
function fail(submission: Waiting, error: unknown): void {
  submission.open = 0;
  submission.next = submission.jobs.length;
  submission.reject(withJobs(error, submission.jobs));
}

/** Jobs may have been stored although the answer is an error: who knows their ids can send them again without duplicates. */
function withJobs(error: unknown, jobs: readonly PreparedJob[]): MoorlineError {
  const details = { jobs: jobs.map(({ id }) => ({ id })) };
  if (!isMoorlineError(error)) {
    return new MoorlineError(
      'internal',
      `Enqueueing failed: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  if (!error.retryable) return error;
  // A write without an answer in time is what `unconfirmed` means to whoever sent it.
  const code = error.code === 'deadline_exceeded' ? 'unconfirmed' : error.code;
  return new MoorlineError(code, error.message, { ...error.options, details });
}

function notConfirmed(waitMs: number): MoorlineError {
  return new MoorlineError(
    'unconfirmed',
    `The jobs are stored, but no replica confirmed within ${waitMs} ms that it has them (expected 1). ` +
      'Send the same ids again: that makes no duplicates.',
    { retryAfterMs: 1000 },
  );
}

function tooManyWaiting(): MoorlineError {
  return new MoorlineError(
    'redis_unavailable',
    `More enqueues wait for Redis than it takes (at most ${maxWaitingJobs} jobs, ${maxWaitingBytes} bytes and ${maxQueuedMs} ms). Try again more slowly.`,
    { retryAfterMs: 1000 },
  );
}
