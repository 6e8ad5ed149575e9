export { isMoorlineError, MoorlineError, type ErrorCode } from '../resilience/errors.js';
export { Moorline } from './moorline.js';
export type { GatewayOptions, MoorlineOptions, RedisOptions } from './options.js';
export type { AddedJob, AddOptions, NewJob, Queue, QueueOptions } from './queue.js';
export { NeverRetry, NotYet, RateLimited, RetryLater } from './retry-errors.js';
export type { StandardSchema } from './standard-schema.js';
export type { Job, JobView } from './types.js';
export type { Handler, JobContext, QueueWorker, WorkerOptions } from './consumer/worker.js';
