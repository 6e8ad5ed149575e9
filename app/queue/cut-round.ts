import { callLimits } from './call-limits.js';
import type { PreparedJob } from './prepare-job.js';

/** So many calls share one WAIT: more would let the first wait too long for the last. */
const maxCallsPerRound = 40;

/** Jobs of one caller; those before `next` are sent. */
export interface Submission {
  /** The function that takes them. */
  readonly call: 'enqueue' | 'enqueue_dead';
  readonly queue: string;
  readonly jobs: readonly PreparedJob[];
  next: number;
}

/** What one function call carries: pieces of submissions to one queue. */
export interface Chunk<S extends Submission> {
  readonly call: Submission['call'];
  readonly queue: string;
  readonly jobs: PreparedJob[];
  readonly parts: Part<S>[];
  bytes: number;
}

export interface Part<S> {
  readonly submission: S;
  readonly from: number;
  readonly to: number;
}

/** Takes from the submissions, in their order, what fits in one round of calls of `maxJobs`, and moves their `next` on. */
export function cutRound<S extends Submission>(
  submissions: readonly S[],
  maxJobs: number = callLimits.maxJobs,
): Chunk<S>[] {
  const round = new Round<S>(Math.min(maxJobs, callLimits.maxJobs));
  for (const submission of submissions) {
    if (!round.take(submission)) break;
  }
  return round.chunks;
}

class Round<S extends Submission> {
  readonly chunks: Chunk<S>[] = [];
  private readonly filling = new Map<string, Chunk<S>>();

  constructor(private readonly maxJobs: number) {}

  /** Whether there was room for all. */
  take(submission: S): boolean {
    for (let job = submission.jobs[submission.next]; job !== undefined; job = submission.jobs[submission.next]) {
      const chunk = this.chunkWithRoom(submission, job);
      if (chunk === undefined) return false;
      this.fill(chunk, submission);
    }
    return true;
  }

  private chunkWithRoom({ call, queue }: S, job: PreparedJob): Chunk<S> | undefined {
    const line = `${call} ${queue}`;
    const filling = this.filling.get(line);
    if (filling !== undefined && this.hasRoom(filling, job)) return filling;
    if (this.chunks.length === maxCallsPerRound) return undefined;
    const chunk: Chunk<S> = { call, queue, jobs: [], parts: [], bytes: 0 };
    this.chunks.push(chunk);
    this.filling.set(line, chunk);
    return chunk;
  }

  private fill(chunk: Chunk<S>, submission: S): void {
    const from = submission.next;
    for (
      let job = submission.jobs[from];
      job !== undefined && this.hasRoom(chunk, job);
      job = submission.jobs[submission.next]
    ) {
      chunk.jobs.push(job);
      chunk.bytes += job.bytes;
      submission.next += 1;
    }
    chunk.parts.push({ submission, from, to: submission.next });
  }

  private hasRoom({ call, jobs, bytes }: Chunk<S>, job: PreparedJob): boolean {
    const maxJobs = call === 'enqueue' ? this.maxJobs : callLimits.maxDeadJobs;
    return jobs.length === 0 || (jobs.length < maxJobs && bytes + job.bytes <= callLimits.maxBytes);
  }
}
