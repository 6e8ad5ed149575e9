import { readText, writePrivately } from '../files.js';
import type { Home } from '../home.js';
import { isAlive, type ProcessIdentity } from './processes.js';

/** What the supervisor tells the other commands, in `run/state.json`. */
export interface State {
  readonly supervisor: ProcessIdentity;
  readonly processes: Readonly<Record<string, ProcessState>>;
}

export interface ProcessState {
  /** Undefined between its death and its next start. */
  readonly identity?: ProcessIdentity;
  readonly restarts: number;
  /** How it died last: `exit code 1`, `SIGKILL`. */
  readonly lastDeath?: string;
}

export function readState(home: Home): State | undefined {
  const text = readText(home.stateFile);
  return text === undefined ? undefined : (JSON.parse(text) as State);
}

export function writeState(home: Home, state: State): void {
  writePrivately(home.stateFile, JSON.stringify(state, undefined, 2));
}

/** The state while its supervisor lives; undefined when nothing is up, or only what a killed supervisor left. */
export function liveState(home: Home): State | undefined {
  const state = readState(home);
  return state !== undefined && isAlive(state.supervisor) ? state : undefined;
}
