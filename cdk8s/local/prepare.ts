import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately } from './files.js';
import type { Home } from './home.js';
import type { PlannedProcess } from './plan/plan.js';
import { writePlan } from './supervisor/plan-file.js';

/** Makes the directories and files of all processes anew; what lies under `data/` stays. */
export function prepareDisk(home: Home, processes: readonly PlannedProcess[]): void {
  for (const stale of [home.run, home.pids, home.log]) rmSync(stale, { recursive: true, force: true });
  for (const directory of [home.root, home.data, home.run, home.pids, home.log]) makePrivate(directory);
  for (const { name, directories, files } of processes) {
    for (const directory of [join(home.run, name), ...directories]) makePrivate(directory);
    for (const { path, text } of files) writePrivately(path, text);
  }
  writePlan(home, processes);
}

function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o700);
}
