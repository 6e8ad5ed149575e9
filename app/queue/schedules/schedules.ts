import type { RedisConnections } from '../../redis/types.js';
import { MoorlineError } from '../../resilience/errors.js';
import { prepareJob } from '../prepare-job.js';
import { checkInteger, checkQueueName, invalid } from '../validate.js';
import { scheduleDefinition, type ScheduleDefinition } from './definition.js';
import { scheduleCall } from './library.js';
import { nextRun } from './next-run.js';
import type { DueSchedule, SchedulePage, ScheduleState, ScheduleTurn, ScheduleView } from './types.js';

const maxSchedules = 10_000;
const maxDuePerTurn = 50;
const leaseTtlMs = 15_000;

/** With the time of the run and a mark between, it fits into a job's id. */
export const scheduleNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export interface SchedulePageRequest {
  readonly limit: number;
  readonly cursor?: string;
}

/** The schedules of all queues, as Redis has them. */
export class Schedules {
  constructor(private readonly connections: Pick<RedisConnections, 'call'>) {}

  /**
   * Makes a schedule, or changes the one of that name. The next run is the first one from now on; one that is overdue stays
   * due when nothing about the times has changed, so that putting a schedule at each start of a program loses no run.
   */
  async put(queue: string, name: string, input: ScheduleDefinition): Promise<ScheduleView> {
    checkNames(queue, name);
    const { success, data: definition, error } = scheduleDefinition.safeParse(input);
    if (!success) throw invalid('the schedule', 'as documented', error.issues[0]?.message);
    prepareJob({ ...definition.job, id: jobIdOf(name, Number.MAX_SAFE_INTEGER) }, 'job');
    const [now, before] = await this.read(queue, name);
    const due = stillDue(before, definition) ?? nextRun(definition, now, before?.runs ?? 0);
    const args = [memberOf(queue, name), JSON.stringify(definition), due ?? '', maxSchedules];
    if ((await this.connections.call('command', scheduleCall('put', args))) !== 1) throw tooMany();
    return viewOf(queue, name, definition, stateOf(before), due);
  }

  async get(queue: string, name: string): Promise<ScheduleView | undefined> {
    checkNames(queue, name);
    return (await this.read(queue, name))[1];
  }

  /** By name. */
  async list(queue: string, { limit, cursor }: SchedulePageRequest): Promise<SchedulePage> {
    checkQueueName(queue);
    checkInteger('limit', limit, 1, 1000);
    // All names of the queue come after the slash and before the character that follows it.
    const args = [cursor === undefined ? `[${queue}/` : `(${memberOf(queue, cursor)}`, `(${queue}0`, limit];
    const rows = (await this.connections.call('command', scheduleCall('list', args))) as readonly Row[];
    const schedules = rows.flatMap((row) => readRow(row) ?? []);
    const last = schedules.at(-1);
    return { schedules, ...(rows.length < limit || last === undefined ? {} : { cursor: last.name }) };
  }

  /** False when there was none. What its runs have made stays. */
  async remove(queue: string, name: string): Promise<boolean> {
    checkNames(queue, name);
    return (await this.connections.call('command', scheduleCall('remove', [memberOf(queue, name)]))) === 1;
  }

  /** Takes or renews the lease, and answers what is due if this process is the one to make the jobs. */
  async turn(holder: string): Promise<ScheduleTurn> {
    const reply = await this.connections.call('command', scheduleCall('turn', [holder, leaseTtlMs, maxDuePerTurn]));
    const [fence, now, nextDueMs, ...rows] = reply as [number, number, number, ...Row[]];
    return {
      now,
      due: rows.flatMap((row) => dueOf(readRow(row))),
      ...(fence === 0 ? {} : { fence }),
      ...(nextDueMs < 0 ? {} : { nextDueMs }),
    };
  }

  /** A run was made: the schedule goes on from there, unless it was changed meanwhile or the lease is lost. */
  async advance(fence: number, { queue, name, definition, due }: DueSchedule, state: ScheduleState): Promise<void> {
    const next = nextRun(definition, state.lastRunAt ?? due, state.runs);
    const args = [fence, memberOf(queue, name), due, next ?? '', JSON.stringify(state)];
    await this.connections.call('command', scheduleCall('advance', args));
  }

  private async read(queue: string, name: string): Promise<readonly [now: number, view: ScheduleView | undefined]> {
    const reply = await this.connections.call('command', scheduleCall('read', [memberOf(queue, name)]));
    const [now, row] = reply as [number, Row];
    return [now, readRow(row)];
  }
}

/** Two processes that think it is theirs to make a run make the same job. */
export const jobIdOf = (name: string, runAt: number): string => `${name}@${runAt}`;

type Row = readonly [member: Buffer, definition: Buffer, state: Buffer, due: Buffer];

/** Undefined when there is no such schedule. */
function readRow([member, definition, state, due]: Row): ScheduleView | undefined {
  if (definition.length === 0) return undefined;
  const [queue = '', name = ''] = String(member).split('/');
  return viewOf(
    queue,
    name,
    JSON.parse(String(definition)) as ScheduleDefinition,
    state.length === 0 ? { runs: 0 } : (JSON.parse(String(state)) as ScheduleState),
    due.length === 0 ? undefined : Number(due),
  );
}

function viewOf(
  queue: string,
  name: string,
  definition: ScheduleDefinition,
  state: ScheduleState,
  nextRunAt: number | undefined,
): ScheduleView {
  return { queue, name, ...definition, ...state, ...(nextRunAt === undefined ? {} : { nextRunAt }) };
}

function dueOf(view: ScheduleView | undefined): readonly DueSchedule[] {
  if (view?.nextRunAt === undefined) return [];
  const { queue, name, nextRunAt: due, runs, lastRunAt, lastError, ...definition } = view;
  return [{ queue, name, definition, state: stateOf({ runs, lastRunAt, lastError }), due }];
}

function stateOf(view: Partial<ScheduleState> = {}): ScheduleState {
  const { runs = 0, lastRunAt, lastError } = view;
  return { runs, ...(lastRunAt === undefined ? {} : { lastRunAt }), ...(lastError === undefined ? {} : { lastError }) };
}

function stillDue(before: ScheduleView | undefined, after: ScheduleDefinition): number | undefined {
  const times = ['cron', 'timeZone', 'everyMs', 'startAt', 'endAt', 'limit', 'paused'] as const;
  return before !== undefined && times.every((field) => before[field] === after[field]) ? before.nextRunAt : undefined;
}

const memberOf = (queue: string, name: string): string => `${queue}/${name}`;

function checkNames(queue: string, name: string): void {
  checkQueueName(queue);
  if (scheduleNamePattern.test(name)) return;
  const expected = '1-100 letters, digits, dots, underscores or hyphens, the first a letter or digit';
  throw invalid('the name of the schedule', expected, name);
}

function tooMany(): MoorlineError {
  return new MoorlineError('quota_exceeded', `Expected at most ${maxSchedules} schedules; delete those of no use`, {
    retryAfterMs: 60_000,
  });
}
