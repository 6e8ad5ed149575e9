/** What a contender's process is told to do. Jobs of the warm-up come first and do not count. */
export type Task = AddTask | ProcessTask;

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
