/** The one queue of the lab. */
export const queue = 'lab';

/** What is in a job. */
export interface Work {
  readonly workMs: number;
  /** Whoever runs it refuses it for good: it has to end as a dead letter with this reason. */
  readonly refuse: boolean;
}

export const refusal = 'the lab refuses this job';

/** A line in the file of the worker's runs. */
export interface Run {
  readonly id: string;
  readonly fence: string;
  /** By the machine's monotonic clock. */
  readonly atMs: number;
}
