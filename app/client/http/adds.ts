import { makeJobId } from '../../queue/job-id.js';
import type { EnqueueReceipt, JobInput } from '../../queue/types.js';
import { isMoorlineError, MoorlineError } from '../../resilience/errors.js';
import type { Answer } from './http-client.js';

/** A request carries so much; more would keep others waiting behind it. */
const maxJobsPerRequest = 2_000;
const maxBytesPerRequest = 2 * 1024 * 1024;
/** Requests of a queue under way at the same time. */
const maxRequests = 2;
const maxPendingJobs = 200_000;
const maxPendingBytes = 64 * 1024 * 1024;

interface Line {
  readonly json: string;
  readonly id: string;
  /** The id is of our making, so a duplicate can only be our own earlier try. */
  readonly isOwnId: boolean;
  readonly delayed: boolean;
  readonly submission: Submission;
  readonly index: number;
}

interface Submission {
  readonly receipts: EnqueueReceipt['jobs'][number][];
  open: number;
  readonly resolve: (receipt: EnqueueReceipt) => void;
  readonly reject: (error: unknown) => void;
}

interface QueueLine {
  readonly lines: Line[];
  requests: number;
}

type Send = (queue: string, lines: string) => Promise<Answer>;

/** Adds in batches: what is added to a queue in one tick, and what is added while requests are under way, shares the next request. */
export class Adds {
  private readonly queues = new Map<string, QueueLine>();
  private readonly running = new Set<Promise<void>>();
  private pendingJobs = 0;
  private pendingBytes = 0;

  constructor(private readonly send: Send) {}

  add(queue: string, jobs: readonly JobInput[]): Promise<EnqueueReceipt> {
    if (jobs.length === 0)
      return Promise.reject(new MoorlineError('invalid_request', 'Expected at least one job, got none'));
    return new Promise<EnqueueReceipt>((resolve, reject) => {
      const submission: Submission = { receipts: [], open: jobs.length, resolve, reject };
      const lines = jobs.map((job, index) => lineOf(job, submission, index));
      this.reserve(lines);
      const line = this.lineOf(queue);
      for (const one of lines) line.lines.push(one);
      setImmediate(() => {
        this.flush(queue);
      });
    });
  }

  /** Resolves when nothing is on its way any more. */
  async sent(): Promise<void> {
    while (this.pendingJobs > 0) {
      await new Promise(setImmediate);
      await Promise.all(this.running);
    }
  }

  private reserve(lines: readonly Line[]): void {
    const bytes = bytesOf(lines);
    if (this.pendingJobs + lines.length > maxPendingJobs || this.pendingBytes + bytes > maxPendingBytes) {
      throw new MoorlineError(
        'quota_exceeded',
        `Expected at most ${maxPendingJobs} jobs and ${maxPendingBytes} bytes on their way at a time; wait for adds before adding more`,
        { retryAfterMs: 1_000 },
      );
    }
    this.pendingJobs += lines.length;
    this.pendingBytes += bytes;
  }

  private lineOf(queue: string): QueueLine {
    const line = this.queues.get(queue) ?? { lines: [], requests: 0 };
    this.queues.set(queue, line);
    return line;
  }

  private flush(queue: string): void {
    const line = this.lineOf(queue);
    while (line.lines.length > 0 && line.requests < maxRequests) {
      const batch = cut(line.lines);
      line.requests += 1;
      const request = this.request(queue, batch).finally(() => {
        line.requests -= 1;
        this.pendingJobs -= batch.length;
        this.pendingBytes -= bytesOf(batch);
        this.running.delete(request);
        this.flush(queue);
      });
      this.running.add(request);
    }
    if (line.lines.length === 0 && line.requests === 0) this.queues.delete(queue);
  }

  private async request(queue: string, batch: readonly Line[]): Promise<void> {
    try {
      settle(batch, await this.send(queue, batch.map(({ json }) => json).join('\n')));
    } catch (error) {
      const isOneToBlame = isMoorlineError(error) && !error.retryable;
      const halves = isOneToBlame ? halvesOf(batch) : undefined;
      // The gateway refuses a request as a whole: who has nothing to do with the fault is asked for again without it.
      if (halves !== undefined) for (const half of halves) await this.request(queue, half);
      else for (const { submission } of batch) submission.reject(error);
    }
  }
}

function lineOf(job: JobInput, submission: Submission, index: number): Line {
  const { id = makeJobId(), delayMs = 0 } = job;
  const json = jsonOf({ ...job, id }, index);
  return { json, id, isOwnId: job.id === undefined, delayed: delayMs > 0, submission, index };
}

function jsonOf(job: JobInput, index: number): string {
  const expected = `Expected jobs[${index}].data to be a JSON value`;
  try {
    const dataJson = JSON.stringify(job.data) as string | undefined;
    if (dataJson !== undefined) return JSON.stringify(job);
  } catch (error) {
    throw new MoorlineError('invalid_request', `${expected}: ${(error as Error).message}`, { cause: error });
  }
  throw new MoorlineError('invalid_request', `${expected}, got ${typeof job.data}`);
}

/** Takes the next request's worth from the front. */
function cut(lines: Line[]): readonly Line[] {
  let bytes = 0;
  const end = lines.findIndex(({ json }, at) => {
    bytes += json.length;
    return at > 0 && (at >= maxJobsPerRequest || bytes > maxBytesPerRequest);
  });
  return lines.splice(0, end === -1 ? lines.length : end);
}

function settle(batch: readonly Line[], { body, tries }: Answer): void {
  const { jobs, durability } = body as EnqueueReceipt;
  for (const [at, { id, isOwnId, delayed, submission, index }] of batch.entries()) {
    const status = jobs[at]?.status ?? 'queued';
    const ownTry = status === 'duplicate' && isOwnId && tries > 1;
    submission.receipts[index] = { ...jobs[at], id, status: ownTry ? (delayed ? 'delayed' : 'queued') : status };
    submission.open -= 1;
    if (submission.open === 0) submission.resolve({ jobs: submission.receipts, durability });
  }
}

/** In two between submissions; undefined when all of it is one's. */
function halvesOf(batch: readonly Line[]): readonly (readonly Line[])[] | undefined {
  const submissions = [...new Set(batch.map(({ submission }) => submission))];
  if (submissions.length === 1) return undefined;
  const first = new Set(submissions.slice(0, submissions.length / 2));
  return [true, false].map((isFirst) => batch.filter(({ submission }) => first.has(submission) === isFirst));
}

const bytesOf = (lines: readonly Line[]): number => lines.reduce((total, { json }) => total + json.length, 0);
