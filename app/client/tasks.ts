import type { AskOptions, StartedTask, TaskOptions } from '../dispatch/types.js';
import type { Cancelled } from '../queue/types.js';
import type { Backend, JobView } from './types.js';

/** Tasks: jobs whose answer is waited for, until a deadline. */
export class Tasks {
  constructor(private readonly backend: Backend) {}

  /**
   * Asks whoever serves the queue, and waits for the result. Rejects with `task_failed` (the message is that of the failure),
   * `task_cancelled`, or `deadline_exceeded`: then nobody begins it any more.
   */
  async ask<Result = unknown>(queue: string, data: unknown, options: AskOptions = {}): Promise<Result> {
    return (await this.backend.ask(queue, data, options)).result as Result;
  }

  /** Asks without waiting: the answer is kept by the id. */
  start(queue: string, data: unknown, options: TaskOptions = {}): Promise<StartedTask> {
    return this.backend.start(queue, data, options);
  }

  /** Where a task is, whoever asked it; waits up to `waitMs` until it is over. Undefined when nobody knows it (any more). */
  get(id: string, { waitMs = 0 }: { readonly waitMs?: number } = {}): Promise<JobView | undefined> {
    return this.backend.task(id, waitMs);
  }

  /** Who waits for it hears at once; so does whoever is at it, by its next renewal. */
  cancel(id: string): Promise<Cancelled> {
    return this.backend.cancelTask(id);
  }
}
