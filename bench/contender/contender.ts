/** A job queue as the tasks see it: the least that both sides have. */
export interface Contender {
  add(queue: string, data: JobData): Promise<unknown>;
  /** The library's call for many. */
  addMany(queue: string, data: readonly JobData[]): Promise<unknown>;
  /** Resolves when the worker takes jobs of all the queues. What `handle` throws fails the job for good. */
  work(queues: readonly string[], concurrency: number, handle: (data: JobData) => void): Promise<void>;
  /** Jobs that are waiting or at work, and dead ones. */
  counts(queue: string): Promise<{ readonly open: number; readonly dead: number }>;
  close(): Promise<void>;
}

export interface JobData {
  readonly user: number;
  /** When the job was due, in ms of `performance.now()`; 0 where nobody asks. */
  readonly dueMs: number;
  readonly isValid: boolean;
  readonly text: string;
}

/** 200 bytes of JSON, as long as it is valid and nobody asks when it was due. */
export function jobData(user: number, dueMs = 0, isValid = true): JobData {
  return { user: firstUser + user, dueMs, isValid, text };
}

const firstUser = 1_000_000;
const text = 'the quick brown fox jumps over the lazy dog '.repeat(4).slice(0, 149);
