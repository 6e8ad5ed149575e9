import { MoorlineError } from '../resilience/errors.js';
import type { PreparedJob } from './prepare-job.js';
import type { EnqueueOutcome, EnqueueStatus } from './types.js';

const statusOf: Readonly<Record<string, EnqueueStatus>> = { q: 'queued', d: 'delayed', x: 'dead' };

export interface EnqueueReply {
  /** What became of the jobs of one call, in their order; an error where the queue refused a job. */
  readonly outcomes: readonly (EnqueueOutcome | MoorlineError)[];
  /** Of the queue's settings. */
  readonly revision: number;
}

export function readEnqueueReply(reply: unknown, jobs: readonly Pick<PreparedJob, 'id' | 'ifKnown'>[]): EnqueueReply {
  const [letters, revision, ...standIns] = reply as [Buffer, number, ...Buffer[]];
  const ofNext = standIns.map(String).values();
  const outcomes = jobs.map(({ id, ifKnown }, at): EnqueueOutcome | MoorlineError => {
    const letter = String.fromCharCode(letters[at] ?? 0);
    if (letter === '=') return { status: ifKnown };
    if (letter === '~') return { status: 'duplicate', of: ofNext.next().value ?? '' };
    if (letter === '-') return refused(id);
    const status = statusOf[letter];
    if (status === undefined) throw new RangeError(`Expected a letter for each job, got ${String(letters)}`);
    return { status };
  });
  return { outcomes, revision };
}

function refused(id: string): MoorlineError {
  return new MoorlineError(
    'queue_paused',
    `The queue is draining and takes no new jobs, such as ${id}: resume it, or send the same ids again later.`,
    { retryAfterMs: 5000 },
  );
}
