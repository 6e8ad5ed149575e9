import { existsSync } from 'node:fs';
import type { Home } from './home.js';
import { withLock } from './lock.js';
import type { Progress } from './progress.js';
import { readState } from './supervisor/state.js';
import { removeData, removeIfEmpty, removeLogs, removeTraces, stopInstance } from './supervisor/stop-instance.js';

/** `make down`: nothing runs and nothing is left but the data, and not even that when it is not wanted. */
export async function down(home: Home, keepData: boolean, progress: Progress): Promise<void> {
  await withLock(home, async () => {
    const wasUp = readState(home) !== undefined;
    if (wasUp) progress.step('stopping all processes');
    await stopInstance(home);
    removeTraces(home);
    removeLogs(home);
    if (!keepData) removeData(home);
    if (wasUp) progress.done('all processes are stopped');
  });
  removeIfEmpty(home);
  const kept = existsSync(home.data) ? `; the data is kept in ${home.data} (make down DATA=delete removes it)` : '';
  process.stdout.write(`Nothing runs${kept}.\n`);
}
