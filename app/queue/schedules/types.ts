import type { ScheduleDefinition } from './definition.js';

/** What the runs so far have left behind. Times are milliseconds since 1970, by the clock of Redis. */
export interface ScheduleState {
  readonly runs: number;
  /** The time of the latest run, as the schedule has it; the job was made then or later. */
  readonly lastRunAt?: number;
  /** Why the latest run made no job. */
  readonly lastError?: string;
}

export type ScheduleView = ScheduleDefinition &
  ScheduleState & {
    readonly queue: string;
    readonly name: string;
    /** Absent when it is paused or over. */
    readonly nextRunAt?: number;
  };

export interface SchedulePage {
  readonly schedules: readonly ScheduleView[];
  /** Pass it back for the next page; absent on the last one. */
  readonly cursor?: string;
}

/** A schedule of which a run is due. */
export interface DueSchedule {
  readonly queue: string;
  readonly name: string;
  readonly definition: ScheduleDefinition;
  readonly state: ScheduleState;
  readonly due: number;
}

export interface ScheduleTurn {
  /** Names this tenure of the lease; absent when another process makes the jobs, or nothing is going to be due. */
  readonly fence?: number;
  readonly now: number;
  /** Until the next run of any schedule; absent when there is none. */
  readonly nextDueMs?: number;
  readonly due: readonly DueSchedule[];
}
