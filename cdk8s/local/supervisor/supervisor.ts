import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.js';
import { type Home, logFileOf } from '../home.js';
import type { LocalProcess } from '../plan/plan.js';
import { keepLogsBounded } from './log-files.js';
import { identify, type ProcessIdentity, signalGroup, waitUntil } from './processes.js';
import { deathsInARow, restartDelayMs } from './restart-delay.js';
import { type ProcessState, writeState } from './state.js';
import { stopGraceMs, stopInOrder, type Stoppable } from './stop-processes.js';

interface Supervised {
  readonly plan: LocalProcess;
  identity?: ProcessIdentity;
  startedAtMs: number;
  deaths: number;
  restarts: number;
  lastDeath?: string;
  restart?: NodeJS.Timeout;
}

const logCheckMs = 5000;

/** Owns the processes of one local instance: starts them, restarts whatever dies, and stops them in order. */
export class Supervisor {
  readonly #processes: readonly Supervised[];
  readonly #self = identify(process.pid);
  #stopping = false;
  #logCheck: NodeJS.Timeout | undefined;

  constructor(
    readonly home: Home,
    plans: readonly LocalProcess[],
    readonly log: (line: string) => void,
  ) {
    this.#processes = plans.map((plan) => ({ plan, startedAtMs: 0, deaths: 0, restarts: 0 }));
  }

  start(): void {
    for (const supervised of this.#processes) this.#start(supervised);
    this.#logCheck = setInterval(() => {
      this.#attempt('bounding the logs', () => {
        keepLogsBounded(this.home);
      });
    }, logCheckMs);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#logCheck);
    for (const { restart } of this.#processes) clearTimeout(restart);
    await stopInOrder(this.#running());
    // Gone for the system; a moment later also for this process, which then tells so.
    await waitUntil(() => this.#running().length === 0, stopGraceMs);
  }

  #running(): Stoppable[] {
    return this.#processes.flatMap(({ identity, plan: { stateful } }) =>
      identity === undefined ? [] : [{ identity, stateful }],
    );
  }

  #start(supervised: Supervised): void {
    const { plan } = supervised;
    supervised.startedAtMs = Date.now();
    try {
      const child = this.#spawn(plan);
      if (child.pid !== undefined) supervised.identity = identify(child.pid);
      child.once('exit', (code, signalName) => {
        this.#died(supervised, signalName ?? `exit code ${String(code)}`);
      });
      child.once('error', (error) => {
        if (child.pid === undefined) this.#died(supervised, error.message);
      });
    } catch (error) {
      this.#died(supervised, messageOf(error));
    }
    this.#publish(supervised);
  }

  /** The environment is the container's own: nothing of the user's shell reaches it but what finds programs and files. */
  #spawn(plan: LocalProcess): ChildProcess {
    const { PATH, HOME, TMPDIR } = process.env;
    const [program = '', ...args] = plan.command;
    const output = openSync(logFileOf(this.home, plan.name), 'a', 0o600);
    try {
      return spawn(program, args, {
        cwd: join(this.home.run, plan.name),
        env: { PATH, HOME, TMPDIR, ...plan.environment },
        stdio: ['ignore', output, output],
        detached: true,
      });
    } finally {
      closeSync(output);
    }
  }

  #died(supervised: Supervised, how: string): void {
    const { plan, identity } = supervised;
    // What it started dies with it, as in a container whose first process ends.
    if (identity !== undefined) signalGroup(identity, 'SIGKILL');
    delete supervised.identity;
    supervised.lastDeath = how;
    supervised.deaths = deathsInARow(supervised.deaths, Date.now() - supervised.startedAtMs);
    if (!this.#stopping) {
      const delayMs = restartDelayMs(supervised.deaths);
      supervised.restarts += 1;
      this.log(`${plan.name} died (${how}); restart ${supervised.restarts} in ${delayMs} ms`);
      if (delayMs === 0) {
        this.#start(supervised);
        return;
      }
      supervised.restart = setTimeout(() => {
        this.#start(supervised);
      }, delayMs);
    }
    this.#publish(supervised);
  }

  /** What `status` and `kill $(cat pids/NAME)` read. */
  #publish({ plan, identity }: Supervised): void {
    this.#attempt('telling the state', () => {
      const pidFile = join(this.home.pids, plan.name);
      if (identity === undefined) rmSync(pidFile, { force: true });
      else writeFileSync(pidFile, `${identity.pid}\n`, { mode: 0o600 });
      writeState(this.home, {
        supervisor: this.#self,
        processes: Object.fromEntries(this.#processes.map((process) => [process.plan.name, stateOf(process)])),
      });
    });
  }

  /** A full disk, or a file that somebody removed, is no reason to leave the processes alone. */
  #attempt(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.log(`${what} failed: ${messageOf(error)}`);
    }
  }
}

function stateOf({ identity, restarts, lastDeath }: Supervised): ProcessState {
  return {
    ...(identity !== undefined && { identity }),
    restarts,
    ...(lastDeath !== undefined && { lastDeath }),
  };
}
