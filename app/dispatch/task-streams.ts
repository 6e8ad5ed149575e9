import type { Outcome } from '../queue/outcome.js';
import type { ClaimedJob } from '../queue/types.js';
import { isMoorlineError, MoorlineError } from '../resilience/errors.js';

/** Chunks go to a stream, and with `end` there come no more. */
export type PublishChunks = (stream: string, chunks: readonly unknown[], end: boolean) => Promise<unknown>;

type StreamingJob = Pick<ClaimedJob, 'id' | 'stream' | 'attempt' | 'maxAttempts'>;

/** Tells those who follow a task something before its end. Rejects for a job that has no stream. */
export async function tell(
  publish: PublishChunks | undefined,
  job: StreamingJob,
  chunks: readonly unknown[],
): Promise<void> {
  if (job.stream === undefined || publish === undefined) {
    throw new MoorlineError(
      'invalid_request',
      `Expected a task with a stream, but job ${job.id} has none: ask with \`stream: true\``,
    );
  }
  await publish(job.stream, chunks, false);
}

/** Ends the stream of a task that has ended, and told nobody so far. */
export async function endStream(
  publish: PublishChunks | undefined,
  job: StreamingJob,
  outcome: Outcome,
): Promise<void> {
  if (job.stream === undefined || publish === undefined || !isLast(job, outcome)) return;
  try {
    await publish(job.stream, [], true);
  } catch (error) {
    if (!isMoorlineError(error) || error.code !== 'stream_ended') throw error;
  }
}

/** Whether no other attempt follows, which may tell more. */
export function isLast(
  { attempt, maxAttempts }: Pick<ClaimedJob, 'attempt' | 'maxAttempts'>,
  outcome: Outcome,
): boolean {
  if (outcome.verdict === 'done' || outcome.retry === false || outcome.class === 'never') return true;
  return (outcome.class ?? 'retry') === 'retry' && attempt >= maxAttempts;
}
