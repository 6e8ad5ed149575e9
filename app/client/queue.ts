import type { AskOptions } from '../dispatch/types.js';
import { MoorlineError } from '../resilience/errors.js';
import type { Cancelled, Durability, EnqueueReceipt, EnqueueStatus, JobInput, QueueCounts } from '../queue/types.js';
import { checkedBySchema, type StandardSchema } from './standard-schema.js';
import type { Backend, JobView } from './types.js';
import { QueueWorker, type Handler, type WorkerOptions } from './consumer/worker.js';

/** What may be said of a job beside its data. */
export type AddOptions = Omit<JobInput, 'data'>;

export type NewJob<Input> = AddOptions & { readonly data: Input };

export interface AddedJob {
  readonly id: string;
  readonly status: EnqueueStatus;
  readonly durability: Durability;
}

export interface QueueOptions {
  /** Checks the data of each job before it is sent. @default none */
  readonly schema?: StandardSchema;
}

/** One queue. `Input` is what is added, `Data` what handlers get: another type only where a schema transforms. */
export class Queue<Input, Data> {
  constructor(
    readonly name: string,
    private readonly backend: Backend,
    private readonly options: QueueOptions,
    private readonly workers: Set<QueueWorker>,
  ) {}

  /**
   * Adds a job; when this resolves it is stored as the durability of its queue promises. Jobs that are added at the same time share
   * a request. With an `id` of your own the same job twice is one job, also after this has failed.
   */
  async add(data: Input, options: AddOptions = {}): Promise<AddedJob> {
    const { jobs, durability } = await this.addMany([{ ...options, data }]);
    const [job] = jobs;
    if (job === undefined) throw new MoorlineError('internal', 'Expected one job in the answer, got none');
    return { ...job, durability };
  }

  /** Adds jobs, in the order in which they run. What a schema refuses, or one job too large, refuses all of them. */
  async addMany(jobs: readonly NewJob<Input>[]): Promise<EnqueueReceipt> {
    return this.backend.enqueue(this.name, await this.checked(jobs));
  }

  /**
   * Asks whoever serves the queue, and waits for the result. Rejects with `task_failed`, `task_cancelled`, or `deadline_exceeded`: then
   * nobody begins it any more.
   */
  async ask<Result = unknown>(data: Input, options: AskOptions = {}): Promise<Result> {
    const { schema } = this.options;
    const checked = schema === undefined ? data : await checkedBySchema(schema, data, 'data');
    return (await this.backend.ask(this.name, checked, options)).result as Result;
  }

  counts(): Promise<QueueCounts> {
    return this.backend.counts(this.name);
  }

  /** Undefined when the queue does not know the id, or has forgotten that it was done. */
  job(id: string): Promise<JobView<Data> | undefined> {
    return this.backend.job(this.name, id) as Promise<JobView<Data> | undefined>;
  }

  /**
   * A job that waits is gone at once; the worker of one that runs is told, and ends it at its next renewal. `not_found` when the queue
   * has no such job to cancel.
   */
  cancel(id: string): Promise<Cancelled> {
    return this.backend.cancel(this.name, id);
  }

  /** A paused queue takes jobs and settlements and hands out nothing. */
  pause(): Promise<void> {
    return this.backend.setPaused(this.name, true);
  }

  resume(): Promise<void> {
    return this.backend.setPaused(this.name, false);
  }

  /** Claims jobs and runs the handler from now on, until it is closed. */
  worker(handler: Handler<Data>, options: WorkerOptions = {}): QueueWorker {
    const worker = new QueueWorker(this.name, this.backend, handler as Handler<unknown>, options);
    this.workers.add(worker);
    const forget = (): void => void this.workers.delete(worker);
    worker.closed.then(forget, forget);
    return worker;
  }

  private async checked(jobs: readonly NewJob<Input>[]): Promise<readonly JobInput[]> {
    const { schema } = this.options;
    if (schema === undefined) return jobs;
    return Promise.all(
      jobs.map(async (job, at) => ({ ...job, data: await checkedBySchema(schema, job.data, `jobs[${at}].data`) })),
    );
  }
}
