import { z } from 'zod';
import { Api, queuePath } from '../api.js';
import { UsageError } from '../exit-codes.js';
import { parseJsonText } from '../options.js';
import { printIndented, printJson, printTable } from '../print.js';

export interface Output {
  readonly json?: true;
}

export interface SetOptions extends Output {
  readonly cron?: string;
  readonly timeZone?: string;
  readonly everyMs?: number;
  readonly startAt?: string;
  readonly endAt?: string;
  readonly limit?: number;
  readonly priority?: number;
  readonly maxAttempts?: number;
  readonly paused?: true;
}

const schedulePage = z.object({
  schedules: z.array(
    z.looseObject({
      name: z.string(),
      cron: z.string().optional(),
      everyMs: z.number().optional(),
      runs: z.number(),
      lastRunAt: z.number().optional(),
      nextRunAt: z.number().optional(),
      paused: z.boolean().optional(),
    }),
  ),
  cursor: z.string().optional(),
});

type SchedulePage = z.output<typeof schedulePage>;

export async function list(queue: string, options: Output): Promise<void> {
  const schedules = await allSchedules(new Api(), queue);
  if (options.json === true) printJson(schedules);
  else {
    printTable(
      ['SCHEDULE', 'WHEN', 'NEXT RUN', 'LAST RUN', 'RUNS'],
      schedules.map(({ name, cron, everyMs, nextRunAt, lastRunAt, runs, paused }) => [
        name,
        cron ?? `every ${everyMs ?? '?'} ms`,
        nextRunAt === undefined ? (paused === true ? 'paused' : 'over') : timeText(nextRunAt),
        timeText(lastRunAt),
        runs,
      ]),
    );
  }
}

export async function show(queue: string, name: string, options: Output): Promise<void> {
  print(await new Api().request(z.unknown(), queuePath(queue, 'schedules', name)), options);
}

export async function set(queue: string, name: string, data: string, options: SetOptions): Promise<void> {
  const { json, startAt, endAt, priority, maxAttempts, ...when } = options;
  const body = {
    ...when,
    startAt: timeOf('--start-at', startAt),
    endAt: timeOf('--end-at', endAt),
    job: { data: dataOf(data), priority, maxAttempts },
  };
  const answer = await new Api().request(z.unknown(), queuePath(queue, 'schedules', name), {
    method: 'PUT',
    body: JSON.stringify(body),
  });
  print(answer, { json });
}

export async function remove(queue: string, name: string): Promise<void> {
  await new Api().request(z.unknown(), queuePath(queue, 'schedules', name), { method: 'DELETE' });
}

async function allSchedules(api: Api, queue: string): Promise<SchedulePage['schedules']> {
  const schedules: SchedulePage['schedules'] = [];
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const path = `${queuePath(queue, 'schedules')}?cursor=${encodeURIComponent(cursor)}`;
    const page: SchedulePage = await api.request(schedulePage, path);
    schedules.push(...page.schedules);
    cursor = page.cursor;
  }
  return schedules;
}

function dataOf(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function timeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new UsageError(`Expected a time for ${option}, such as 2030-01-01T00:00:00Z`);
  return ms;
}

const timeText = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString());

function print(value: unknown, { json }: Output): void {
  if (json === true) printJson(value);
  else printIndented(value);
}
