import { setTimeout as sleep } from 'node:timers/promises';
import { Counter } from 'prom-client';
import type { Logger } from '../../log.js';
import type { Registry } from '../../metrics.js';
import { backoffDelayMs } from '../../resilience/backoff.js';
import { isMoorlineError } from '../../resilience/errors.js';
import type { Queues } from '../types.js';
import { latestRun } from './next-run.js';
import { jobIdOf, type Schedules } from './schedules.js';
import type { DueSchedule, ScheduleState, ScheduleTurn } from './types.js';

export interface SchedulerOptions {
  readonly schedules: Schedules;
  readonly queues: Pick<Queues, 'enqueue'>;
  /** Unique for each process. */
  readonly holder: string;
  readonly log: Logger;
  readonly registry: Registry;
}

/** While runs are near, the holder of the lease renews it so often; else it lets go, and whoever looks first has the next run. */
const renewMs = 5_000;
const nearMs = 30_000;
/** Those without the lease look after so long at the soonest: then that of a process that died is free. */
const othersMs = 15_000;
/** At least so often everybody looks: a schedule may have been put through another process that is gone. */
const rareMs = 60_000;
const retryBackoff = { firstMs: 500, maxMs: 10_000 };

/** Makes the jobs of schedules when they are due, in one of all the processes that have a scheduler. */
export class Scheduler {
  private wakeUp = new AbortController();
  private closing = false;
  private failures = 0;
  private readonly jobs: Counter<'outcome'>;
  private readonly ended: Promise<void>;

  constructor(private readonly options: SchedulerOptions) {
    this.jobs = new Counter({
      name: 'moorline_scheduled_jobs_total',
      help: 'Runs of schedules that this process made: queued, duplicate (made before), refused',
      labelNames: ['outcome'],
      registers: [options.registry],
    });
    this.ended = this.run();
  }

  /** A schedule has changed. */
  hurry(): void {
    this.wakeUp.abort('changed');
  }

  async close(): Promise<void> {
    this.closing = true;
    this.hurry();
    await this.ended;
  }

  private async run(): Promise<void> {
    while (!this.isClosing()) {
      this.wakeUp = new AbortController();
      const restMs = await this.turn();
      if (this.isClosing()) return;
      await sleep(restMs, undefined, { signal: this.wakeUp.signal }).catch(() => undefined);
    }
  }

  /** Answers how long there is nothing to do. */
  private async turn(): Promise<number> {
    const { schedules, holder, log } = this.options;
    try {
      const turn = await schedules.turn(holder);
      if (turn.fence !== undefined) for (const due of turn.due) await this.make(turn.fence, due, turn.now);
      this.failures = 0;
      return turn.due.length > 0 ? 0 : restMs(turn);
    } catch (error) {
      log.warn({ err: error }, 'schedules: trying again');
      return backoffDelayMs(this.failures++, retryBackoff);
    }
  }

  private async make(fence: number, schedule: DueSchedule, now: number): Promise<void> {
    const runAt = latestRun(schedule.definition, schedule.due, now);
    const refusal = await this.enqueue(schedule, runAt);
    const state: ScheduleState = {
      runs: schedule.state.runs + 1,
      lastRunAt: runAt,
      ...(refusal === undefined ? {} : { lastError: refusal }),
    };
    await this.options.schedules.advance(fence, schedule, state);
  }

  /** Answers why there is no job, where trying again would not help. */
  private async enqueue({ queue, name, definition }: DueSchedule, runAt: number): Promise<string | undefined> {
    try {
      const { jobs } = await this.options.queues.enqueue(queue, [{ ...definition.job, id: jobIdOf(name, runAt) }]);
      this.jobs.inc({ outcome: jobs[0]?.status === 'duplicate' ? 'duplicate' : 'queued' });
      return undefined;
    } catch (error) {
      if (!isMoorlineError(error) || error.retryable) throw error;
      this.options.log.error({ err: error, queue, schedule: name }, 'a run of a schedule made no job');
      this.jobs.inc({ outcome: 'refused' });
      return error.message;
    }
  }

  private isClosing(): boolean {
    return this.closing;
  }
}

/** Until the next look, by what this one has shown. `random` (0 to 1) keeps processes from looking in step. */
export function restMs({ fence, nextDueMs }: ScheduleTurn, random: number = Math.random()): number {
  const spreadMs = 1_000 + 1_000 * random;
  if (nextDueMs === undefined) return rareMs + spreadMs;
  if (fence === undefined) return Math.min(rareMs, Math.max(othersMs, nextDueMs)) + spreadMs;
  return Math.min(nextDueMs <= nearMs ? renewMs : rareMs, nextDueMs);
}
