import { setTimeout as sleep } from 'node:timers/promises';
import { secretKeys } from '../bundle/paths.js';
import { of } from './components.js';
import { CommandError } from './errors.js';
import { type Home, logFileOf } from './home.js';
import type { ReadSecret } from './plan/environment.js';
import type { LocalProcess } from './plan/plan.js';
import type { Progress } from './progress.js';
import { whyNotReady } from './readiness.js';
import { askSentinel } from './redis-view.js';
import { lastLogLine } from './supervisor/log-files.js';
import { liveState } from './supervisor/state.js';

const readyTimeoutMs = 60_000;
const pollMs = 150;

/** Waits until every process is ready and the Sentinels agree; says which one is not, and why. */
export async function becomeReady(
  home: Home,
  processes: readonly LocalProcess[],
  readSecret: ReadSecret,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  const restartsBefore = restartsOf(home);
  let waiting = processes;
  for (;;) {
    signal.throwIfAborted();
    refuseDeath(home, restartsBefore);
    const reasons = await notReady(waiting);
    waiting = waiting.filter(({ name }) => reasons.has(name));
    const reason = reasons.size > 0 ? reasons : await disagreeingSentinels(processes, readSecret);
    if (reason.size === 0) return;
    const list = [...reason].map((entry) => `${entry[0]} (${entry[1]})`).join(', ');
    if (Date.now() >= deadline) throw notInTime(home, [...reason.keys()], list);
    progress.update(`${processes.length - waiting.length} of ${processes.length} are ready, waiting for ${list}`);
    await sleep(pollMs, undefined, { signal });
  }
}

const restartsOf = (home: Home): Map<string, number> =>
  new Map(Object.entries(liveState(home)?.processes ?? {}).map(([name, { restarts }]) => [name, restarts]));

/** The scripts wait for what may still come; one that ended has decided. */
function refuseDeath(home: Home, restartsBefore: ReadonlyMap<string, number>): void {
  const state = liveState(home);
  if (state === undefined) throw ended(home, 'supervisor', 'the supervisor ended');
  for (const [name, { restarts, lastDeath = '' }] of Object.entries(state.processes)) {
    if (restarts > (restartsBefore.get(name) ?? 0)) {
      throw ended(home, name, `${name} died while starting (${lastDeath})`);
    }
  }
}

const ended = (home: Home, name: string, what: string): CommandError =>
  new CommandError(`${what}: ${lastLogLine(home, name)} (${logFileOf(home, name)})`);

function notInTime(home: Home, [name = '']: readonly string[], list: string): CommandError {
  const lastWords = `${name} wrote last: ${lastLogLine(home, name)} (${logFileOf(home, name)})`;
  return new CommandError(`not ready after ${readyTimeoutMs / 1000} s: ${list}; ${lastWords}`);
}

/** Process -> what it waits for. */
type Reasons = ReadonlyMap<string, string>;

async function notReady(processes: readonly LocalProcess[]): Promise<Reasons> {
  const answers = await Promise.all(
    processes.map(async (process) => [process.name, await whyNotReady(process)] as const),
  );
  return new Map(answers.flatMap(([name, reason]) => (reason === undefined ? [] : [[name, reason]])));
}

/** A failover is safe only when every Sentinel knows all replicas and all of its fellows. */
async function disagreeingSentinels(processes: readonly LocalProcess[], readSecret: ReadSecret): Promise<Reasons> {
  const sentinels = of('sentinel', processes);
  const replicas = of('redis', processes).length - 1;
  const others = sentinels.length - 1;
  const reasons = new Map<string, string>();
  for (const { name, port } of sentinels) {
    const view = await askSentinel(port, readSecret(secretKeys.sentinelPassword));
    if (view === undefined) reasons.set(name, 'names no primary');
    else if (!view.calm) reasons.set(name, 'sees no healthy primary');
    else if (view.replicas < replicas) reasons.set(name, `knows ${view.replicas} of ${replicas} replicas`);
    else if (view.otherSentinels < others) reasons.set(name, `knows ${view.otherSentinels} of ${others} others`);
  }
  return reasons;
}
