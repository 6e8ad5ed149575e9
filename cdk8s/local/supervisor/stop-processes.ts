import { isAlive, type ProcessIdentity, signal, waitUntil } from './processes.js';

/** How long a process may take to stop before it is killed: more than Redis' own shutdown-timeout of 10 s. */
export const stopGraceMs = 15_000;

/** Redis refuses to stop while it writes its first append-only file, and forgets that it was asked. */
const askAgainMs = 1000;

export interface Stoppable {
  readonly identity: ProcessIdentity;
  /** It owns data. */
  readonly stateful: boolean;
}

/** Those that use data first, then those that own it: jobs in hand are settled while Redis is still there. */
export async function stopInOrder(processes: readonly Stoppable[]): Promise<void> {
  const identities = (stateful: boolean): ProcessIdentity[] =>
    processes.filter((process) => process.stateful === stateful).map(({ identity }) => identity);
  // For an application the second SIGTERM means: drop everything.
  await stopAll(identities(false), stopGraceMs);
  await stopAll(identities(true), askAgainMs);
}

/** Stops processes in an orderly way, also frozen ones, and kills what is left after the grace. */
async function stopAll(targets: readonly ProcessIdentity[], askEveryMs: number): Promise<void> {
  const allGone = (): boolean => !targets.some(isAlive);
  const deadline = Date.now() + stopGraceMs;
  do {
    for (const target of targets.filter(isAlive)) {
      signal(target, 'SIGTERM');
      signal(target, 'SIGCONT');
    }
    if (await waitUntil(allGone, Math.min(askEveryMs, deadline - Date.now()))) return;
  } while (Date.now() < deadline);
  for (const target of targets.filter(isAlive)) signal(target, 'SIGKILL');
  await waitUntil(allGone, stopGraceMs);
}
