import { rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../home.js';
import { readPlan } from './plan-file.js';
import { isAlive, signal, signalGroup, waitUntil } from './processes.js';
import { liveState, readState } from './state.js';
import { stopGraceMs, stopInOrder } from './stop-processes.js';

/** The supervisor stops two groups of processes, one after the other, and each has its grace. */
const supervisorGraceMs = 2 * stopGraceMs + 5000;

/** Stops the supervisor and its processes, also those that a killed supervisor left behind. */
export async function stopInstance(home: Home): Promise<void> {
  const state = liveState(home);
  if (state !== undefined) {
    signal(state.supervisor, 'SIGTERM');
    signal(state.supervisor, 'SIGCONT');
    const ended = await waitUntil(() => !isAlive(state.supervisor), supervisorGraceMs);
    if (!ended) signal(state.supervisor, 'SIGKILL');
  }
  await stopOrphans(home);
}

async function stopOrphans(home: Home): Promise<void> {
  const processes = readState(home)?.processes ?? {};
  const orphans = readPlan(home).flatMap(({ name, stateful }) => {
    const identity = processes[name]?.identity;
    return identity !== undefined && isAlive(identity) ? [{ identity, stateful }] : [];
  });
  await stopInOrder(orphans);
  for (const { identity } of orphans) signalGroup(identity, 'SIGKILL');
}

/** Removes what lives as long as the processes; their logs tell why they do not live. */
export function removeTraces(home: Home): void {
  for (const path of [home.run, home.pids, home.envFile, join(home.root, 'bin')]) remove(path);
}

export function removeLogs(home: Home): void {
  remove(home.log);
}

export function removeData(home: Home): void {
  remove(home.data);
}

const remove = (path: string): void => {
  rmSync(path, { recursive: true, force: true });
};

/** Removes the directory itself when nothing is kept in it. */
export function removeIfEmpty(home: Home): void {
  try {
    rmdirSync(home.root);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}
