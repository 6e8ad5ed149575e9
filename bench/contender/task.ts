import type { AskTask } from './ask/task.js';

/** What a contender's process is told to do. Jobs of the warm-up come first and do not count. */
export type Task =
  | AddTask
  | ProcessTask
  | LatencyTask
  | MemoryTask
  | IdleTask
  | ItemsTask
  | ItemsOverHttpTask
  | SaturationTask
  | BombardmentTask
  | SustainedTask
  | AskTask;

/** So many callers, each of which adds the next `batch` jobs when its last ones are stored. */
export interface AddTask {
  readonly kind: 'add';
  readonly jobs: number;
  readonly warmUp: number;
  readonly concurrency: number;
  /** 1: single adds; more: the library's call for many. */
  readonly batch: number;
}

/** A worker with a handler that does nothing empties a queue that was filled before. */
export interface ProcessTask {
  readonly kind: 'process';
  readonly jobs: number;
  readonly warmUp: number;
  readonly concurrency: number;
}

/** Open loop: jobs are added by the clock, whether or not earlier ones are through; from the time due to the handler's start. */
export interface LatencyTask {
  readonly kind: 'latency';
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** How much memory of Redis a job takes that waits in a queue. */
export interface MemoryTask {
  readonly kind: 'memory';
  readonly jobs: number;
}

/** What workers with nothing to do send to Redis. */
export interface IdleTask {
  readonly kind: 'idle';
  readonly queues: number;
  readonly seconds: number;
}

/** Many items at once: one call of the library. */
export interface ItemsTask {
  readonly kind: 'items';
  readonly jobs: number;
}

/** One request to a gateway, newline-delimited. */
export interface ItemsOverHttpTask {
  readonly kind: 'items-http';
  readonly jobs: number;
}

/** So many HTTP clients at the same time, each with requests one after the other. */
export interface SaturationTask {
  readonly kind: 'saturation';
  readonly clients: number;
  readonly requestsPerClient: number;
}

/** All items at once, some of them such that their handler rejects them for good. */
export interface BombardmentTask {
  readonly kind: 'bombardment';
  readonly jobs: number;
  readonly invalid: number;
}

/** A steady rate through the whole of it: added and done in one process. */
export interface SustainedTask {
  readonly kind: 'sustained';
  readonly perSecond: number;
  readonly seconds: number;
}
