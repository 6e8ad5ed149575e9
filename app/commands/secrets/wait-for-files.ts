import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../exit-codes.js';

const pollMs = 50;

/** Resolves when all files are there and hold something; whoever is not served in time starts again. */
export async function waitForFiles(files: readonly string[], timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const isThere = await Promise.all(files.map(hasText));
    const missing = files.filter((_, at) => isThere[at] !== true);
    if (missing.length === 0) return;
    if (Date.now() >= deadline) {
      throw new UnavailableError(`Expected within ${timeoutMs} ms the files ${missing.join(', ')}; try again`);
    }
    await sleep(pollMs);
  }
}

const hasText = (file: string): Promise<boolean> =>
  stat(file).then(
    ({ size }) => size > 0,
    () => false,
  );
