import { secretKeys } from '../bundle/paths.js';
import { of } from './components.js';
import { CommandError } from './errors.js';
import type { Home } from './home.js';
import type { ReadSecret } from './plan/environment.js';
import type { LocalProcess } from './plan/plan.js';
import { whyNotReady } from './readiness.js';
import { askRole, askSentinel } from './redis-view.js';
import { secretsOf } from './secrets.js';
import { readPlan } from './supervisor/plan-file.js';
import { liveState, type State } from './supervisor/state.js';

export interface ProcessStatus {
  readonly name: string;
  readonly pid: number | null;
  readonly port: number;
  /** What it does or why it does not: `primary`, `names redis-1`, `ready`. */
  readonly role: string;
  readonly restarts: number;
}

/** `make status`: every process, what it does right now, and how often it was restarted. */
export async function status(home: Home): Promise<ProcessStatus[]> {
  const state = liveState(home);
  if (state === undefined) throw new CommandError(`nothing is up in ${home.root}; start it with: make up`);
  const processes = readPlan(home);
  const readSecret = secretsOf(home);
  return Promise.all(processes.map((process) => statusOf(process, processes, state, readSecret)));
}

async function statusOf(
  process: LocalProcess,
  processes: readonly LocalProcess[],
  state: State,
  readSecret: ReadSecret,
): Promise<ProcessStatus> {
  const { name, port } = process;
  const { identity, restarts = 0, lastDeath } = state.processes[name] ?? {};
  const role =
    identity === undefined ? `down (${lastDeath ?? 'not started'})` : await roleOf(process, processes, readSecret);
  return { name, pid: identity?.pid ?? null, port, role, restarts };
}

async function roleOf(
  process: LocalProcess,
  processes: readonly LocalProcess[],
  readSecret: ReadSecret,
): Promise<string> {
  const { component, port } = process;
  if (component === 'redis') return askRole(port, readSecret(secretKeys.redisPassword));
  if (component !== 'sentinel') return (await whyNotReady(process)) ?? 'ready';
  const view = await askSentinel(port, readSecret(secretKeys.sentinelPassword));
  const primary = of('redis', processes).find((redis) => redis.port === view?.primaryPort);
  return view === undefined ? 'names no primary' : `names ${primary?.name ?? `port ${view.primaryPort}`}`;
}

/** The status as columns. */
export function table(rows: readonly ProcessStatus[]): string {
  const cells = [
    ['NAME', 'PID', 'PORT', 'ROLE', 'RESTARTS'],
    ...rows.map(({ name, pid, port, role, restarts }) => [
      name,
      String(pid ?? '-'),
      String(port),
      role,
      String(restarts),
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
