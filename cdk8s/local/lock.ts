import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from './errors.js';
import { readText } from './files.js';
import type { Home } from './home.js';
import { identify, isAlive, type ProcessIdentity, waitUntil } from './supervisor/processes.js';

/** Longer than an `up` may take, so that a second one learns how the first one ended. */
const lockWaitMs = 120_000;

/** Runs one `up` or `down` at a time; a second one waits for its turn. A lock whose owner was killed counts for nothing. */
export async function withLock<T>(home: Home, action: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(home.lockFile), { recursive: true, mode: 0o700 });
  if (!(await waitUntil(() => take(home.lockFile), lockWaitMs))) {
    throw new CommandError(
      `another command still works on ${home.root} after ${lockWaitMs / 1000} s (${home.lockFile})`,
    );
  }
  try {
    return await action();
  } finally {
    rmSync(home.lockFile, { force: true });
  }
}

/** A link is made at once and complete, or not at all. */
function take(lockFile: string): boolean {
  const own = `${lockFile}.${process.pid}`;
  writeFileSync(own, JSON.stringify(identify(process.pid)), { mode: 0o600 });
  try {
    linkSync(own, lockFile);
    return true;
  } catch {
    dropIfStale(lockFile);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Only one contender can move a stale lock away; whoever moved a fresh one by mistake puts it back. */
function dropIfStale(lockFile: string): void {
  if (ownerLives(lockFile)) return;
  const aside = `${lockFile}.${process.pid}.stale`;
  try {
    renameSync(lockFile, aside);
    if (ownerLives(aside)) linkSync(aside, lockFile);
  } catch {
    // Another contender was faster: the next try sees what it left.
  } finally {
    rmSync(aside, { force: true });
  }
}

function ownerLives(lockFile: string): boolean {
  const text = readText(lockFile);
  return text !== undefined && isAlive(JSON.parse(text) as ProcessIdentity);
}
