import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

/** What must not outlive this process, however it ends. */
const leftovers = new Map<ChildProcess, string | undefined>();

process.once('exit', () => {
  for (const [child, directory] of leftovers) {
    child.kill('SIGKILL');
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  }
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

/** The child, and the directory that is its own, go with this process unless they are gone before. */
export function endWithUs(child: ChildProcess, directory?: string): void {
  leftovers.set(child, directory);
  child.once('exit', () => leftovers.delete(child));
}
