import { copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../files.js';
import { type Home, logFileOf } from '../home.js';

const maxLogBytes = 10 * 1024 * 1024;

/**
 * Cuts every log that grew over its bound and keeps its text once, as `NAME.log.1`.
 * Processes write to the files themselves (they outlive a killed supervisor), so a file is copied and emptied, not renamed.
 */
export function keepLogsBounded(home: Home, maxBytes = maxLogBytes): void {
  for (const file of readdirSync(home.log).filter((name) => name.endsWith('.log'))) {
    const path = join(home.log, file);
    if (statSync(path).size <= maxBytes) continue;
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  }
}

/** The last line that a process wrote, empty when it wrote nothing. */
export function lastLogLine(home: Home, name: string): string {
  const lines = readText(logFileOf(home, name))?.trimEnd().split('\n') ?? [];
  return lines.at(-1) ?? '';
}
