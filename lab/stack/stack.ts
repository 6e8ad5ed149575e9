import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretKeys } from '../../cdk8s/bundle/paths.js';
import { type Component, of } from '../../cdk8s/local/components.js';
import { type Connection, connectionOf } from '../../cdk8s/local/env-file.js';
import { homeAt } from '../../cdk8s/local/home.js';
import type { LocalProcess } from '../../cdk8s/local/plan/plan.js';
import { secretsOf } from '../../cdk8s/local/secrets.js';
import { readPlan } from '../../cdk8s/local/supervisor/plan-file.js';
import { isAlive, type ProcessIdentity, signal } from '../../cdk8s/local/supervisor/processes.js';
import { liveState } from '../../cdk8s/local/supervisor/state.js';
import { waitFor } from '../wait.js';
import { makeLocal } from './make-local.js';
import { namedPrimary, settledPrimary } from './views.js';

const settleMs = 120_000;
const endMs = 30_000;
/** Redis forgets that it was asked to stop when it is just writing its first append-only file. */
const askAgainMs = 1000;

/** The bundle as processes of this machine, apart from any other: what faults are injected into. */
export class Stack {
  readonly #directory = mkdtempSync(join(tmpdir(), 'moorline-lab-'));
  readonly #home = homeAt(join(this.#directory, 'home'));
  readonly #cleanups: (() => Promise<void>)[] = [];
  #processes: readonly LocalProcess[] = [];

  /** Where the handlers of its worker write down what they run. */
  readonly runsFile = join(this.#directory, 'runs');
  /** How many milliseconds the clock of its worker is off, as text. */
  readonly clockFile = join(this.#directory, 'clock');

  /** Starts all that `make up` starts. */
  async start(): Promise<void> {
    await makeLocal(this.#home, 'up', { runsFile: this.runsFile, clockFile: this.clockFile });
    this.#processes = readPlan(this.#home);
    await this.settled();
  }

  /** Stops all and removes every trace. */
  async stop(): Promise<void> {
    if (liveState(this.#home) !== undefined) this.#signalSupervisor('SIGCONT');
    await makeLocal(this.#home, 'down');
    for (const cleanup of this.#cleanups) await cleanup();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Done after everything has stopped and before its files go. */
  onStopped(cleanup: () => Promise<void>): void {
    this.#cleanups.push(cleanup);
  }

  get connection(): Connection {
    return connectionOf(this.#processes, secretsOf(this.#home));
  }

  get redisPassword(): string {
    return secretsOf(this.#home)(secretKeys.redisPassword);
  }

  get sentinelPassword(): string {
    return secretsOf(this.#home)(secretKeys.sentinelPassword);
  }

  processes(component: Component): readonly LocalProcess[] {
    return of(component, this.#processes);
  }

  /** The Redis that a majority of the Sentinels names. */
  async primary(): Promise<LocalProcess> {
    return waitFor('a majority of the Sentinels names a primary', () => namedPrimary(this), endMs);
  }

  async replicas(): Promise<readonly LocalProcess[]> {
    const { name } = await this.primary();
    return this.processes('redis').filter((redis) => redis.name !== name);
  }

  /** Waits until there is one primary with all of its replicas, all Sentinels agree, and gateway and worker are ready. */
  async settled(): Promise<void> {
    await waitFor('the stack is whole again', () => settledPrimary(this), settleMs);
  }

  signal({ name }: LocalProcess, signalName: NodeJS.Signals): void {
    signal(this.#identity(name), signalName);
  }

  /** Signals processes and waits until they are gone. */
  async end(processes: readonly LocalProcess[], signalName: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const identities = processes.map(({ name }) => this.#identity(name));
    let askAtMs = 0;
    const askAgain = (): boolean => {
      const alive = identities.filter(isAlive);
      if (performance.now() < askAtMs) return alive.length === 0;
      askAtMs = performance.now() + askAgainMs;
      for (const identity of alive) signal(identity, signalName);
      return alive.length === 0;
    };
    await waitFor('processes to end', askAgain, endMs);
  }

  /** Keeps what dies meanwhile from being started again. */
  async whileNobodyRestarts(action: () => Promise<void>): Promise<void> {
    this.#signalSupervisor('SIGSTOP');
    try {
      await action();
    } finally {
      this.#signalSupervisor('SIGCONT');
    }
  }

  /** The volume of a Redis or Sentinel. */
  volume({ name }: LocalProcess): string {
    return join(this.#home.data, name);
  }

  copyLogs(directory: string): void {
    cpSync(this.#home.log, directory, { recursive: true });
  }

  #signalSupervisor(signalName: NodeJS.Signals): void {
    const state = liveState(this.#home);
    if (state === undefined) throw new Error('expected a supervisor that runs');
    signal(state.supervisor, signalName);
  }

  #identity(name: string): ProcessIdentity {
    const identity = liveState(this.#home)?.processes[name]?.identity;
    if (identity === undefined) throw new Error(`expected ${name} to run`);
    return identity;
  }
}
