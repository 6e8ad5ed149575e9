import { availableParallelism } from 'node:os';
import { accessSync } from 'node:fs';

export type Side = 'redis' | 'client';

/** Redis on the first core, its client on the second, so that neither takes the other's time and neither wanders. */
export function pinned(side: Side, command: string, args: readonly string[]): readonly [string, readonly string[]] {
  if (!canPin) return [command, args];
  return ['taskset', ['-c', side === 'redis' ? '0' : '1', command, ...args]];
}

export const canPin = availableParallelism() >= 2 && isOnPath('taskset');

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((directory) => exists(`${directory}/${program}`));
}

function exists(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}
