import { Cron } from 'croner';

/** The part of a definition that says when. */
export interface Timing {
  readonly cron?: string;
  readonly timeZone?: string;
  readonly everyMs?: number;
  readonly startAt?: number;
  readonly endAt?: number;
  readonly limit?: number;
  readonly paused?: boolean;
}

/** What is wrong with a cron expression or its time zone; undefined when they can be used. */
export function cronFault(
  cron: string,
  timeZone: string,
): { readonly field: 'cron' | 'timeZone'; readonly message: string } | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    return { field: 'timeZone', message: 'Expected an IANA time zone, such as Europe/Berlin' };
  }
  try {
    if (new Cron(cron, { timezone: timeZone }).nextRun() !== null) return undefined;
    return { field: 'cron', message: 'Expected a cron expression that comes about in the future' };
  } catch (error) {
    return { field: 'cron', message: `Expected a cron expression: ${(error as Error).message}` };
  }
}

/** The first run after a time, when `runs` were made already; undefined when there is none any more. */
export function nextRun(timing: Timing, after: number, runs: number): number | undefined {
  const { startAt = 0, endAt = Infinity, limit = Infinity, paused = false } = timing;
  if (paused || runs >= limit) return undefined;
  const next = firstAfter(timing, Math.max(after, startAt - 1));
  return next === undefined || next > endAt ? undefined : next;
}

/** Of the runs that are due, the latest: those before it were missed, and one run stands for all of them. */
export function latestRun(timing: Timing, due: number, now: number): number {
  const { everyMs, startAt = 0, endAt = Infinity } = timing;
  const until = Math.min(now, endAt);
  if (everyMs !== undefined) return Math.max(due, startAt + Math.floor((until - startAt) / everyMs) * everyMs);
  const [latest] = cronOf(timing).previousRuns(1, new Date(until + 1));
  return Math.max(due, latest?.getTime() ?? due);
}

function firstAfter(timing: Timing, after: number): number | undefined {
  const { everyMs, startAt = 0 } = timing;
  if (everyMs !== undefined) return startAt + (Math.floor((after - startAt) / everyMs) + 1) * everyMs;
  return cronOf(timing).nextRun(new Date(after))?.getTime();
}

const cronOf = ({ cron = '', timeZone = 'UTC' }: Timing): Cron => new Cron(cron, { timezone: timeZone });
