import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { becomeReady } from './become-ready.js';
import { checkJob } from './check-job.js';
import { type Connection, connectionOf, writeEnvFile } from './env-file.js';
import { CommandError } from './errors.js';
import { writePrivately } from './files.js';
import { type Home, logFileOf } from './home.js';
import { withLock } from './lock.js';
import type { LocalProcess } from './plan/plan.js';
import { prepareDisk } from './prepare.js';
import type { Progress } from './progress.js';
import { renderPlan, type Wishes } from './render-plan.js';
import { ensureRequirements } from './requirements.js';
import { secretsOf } from './secrets.js';
import { summary } from './summary.js';
import { readPlan } from './supervisor/plan-file.js';
import { waitUntil } from './supervisor/processes.js';
import { liveState } from './supervisor/state.js';
import { removeData, removeTraces, stopInstance } from './supervisor/stop-instance.js';

const supervisorStartMs = 10_000;

/** `make up`: everything runs and has proved it with a job, or nothing runs and one line says why. */
export async function up(home: Home, wishes: Wishes, progress: Progress): Promise<void> {
  const startedMs = performance.now();
  await withLock(home, async () => {
    const interrupted = abortedBySignals();
    const wasUp = liveState(home) !== undefined;
    try {
      const processes = wasUp ? readPlan(home) : await start(home, wishes, progress);
      const connection = await prove(home, processes, progress, interrupted);
      const seconds = (performance.now() - startedMs) / 1000;
      process.stdout.write(summary({ home, processes, connection, seconds, wasUp }));
    } catch (error) {
      progress.clear();
      if (!wasUp) {
        await stopInstance(home);
        removeTraces(home);
      }
      interrupted.throwIfAborted();
      throw error;
    }
  });
}

async function start(home: Home, wishes: Wishes, progress: Progress): Promise<readonly LocalProcess[]> {
  await stopInstance(home);
  removeTraces(home);
  forgetUnformed(home);
  await ensureRequirements(home, progress);
  progress.step('rendering the bundle');
  const processes = await renderPlan(home, secretsOf(home), wishes);
  prepareDisk(home, processes);
  progress.done(`rendered the bundle as ${processes.length} processes`);
  await startSupervisor(home);
  return processes;
}

/**
 * Nobody has had the address of a first start that never became ready, so nothing is lost with its data. Kept, it would stop
 * the next start: nodes that have data, and Sentinels that know no primary, are rightly refused.
 */
function forgetUnformed(home: Home): void {
  if (!existsSync(home.formedFile)) removeData(home);
}

/** The supervisor outlives this command; it is up once it has told its state. */
async function startSupervisor(home: Home): Promise<void> {
  const output = openSync(logFileOf(home, 'supervisor'), 'a', 0o600);
  const entry = fileURLToPath(new URL('supervisor/supervise.js', import.meta.url));
  spawn(process.execPath, [entry, home.root], { detached: true, stdio: ['ignore', output, output] }).unref();
  closeSync(output);
  if (await waitUntil(() => liveState(home) !== undefined, supervisorStartMs)) return;
  throw new CommandError(`the supervisor did not start; see ${logFileOf(home, 'supervisor')}`);
}

/** Waits until all is ready, tells the world how to reach it, and puts a job through. */
async function prove(
  home: Home,
  processes: readonly LocalProcess[],
  progress: Progress,
  interrupted: AbortSignal,
): Promise<Connection> {
  const readSecret = secretsOf(home);
  progress.step(`waiting until ${processes.length} processes are ready`);
  await becomeReady(home, processes, readSecret, progress, interrupted);
  progress.done(`${processes.length} processes are ready`);

  const connection = connectionOf(processes, readSecret);
  writePrivately(home.formedFile, '');
  writeEnvFile(home, connection);

  progress.step('putting a job through the queue');
  const { id, handledBy, tookMs } = await checkJob(connection.MOORLINE_URL, connection.MOORLINE_TOKEN, interrupted);
  progress.done(`job ${id} went through Redis, was run by ${handledBy} and came back in ${tookMs} ms`);
  return connection;
}

/** Ctrl-C while it starts stops everything again. */
function abortedBySignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      controller.abort(new CommandError(`interrupted by ${name}`));
    });
  }
  return controller.signal;
}
