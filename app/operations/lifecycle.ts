import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.js';

export interface Program {
  /** Where it listens. */
  readonly url: string;
  /** Waits for what is in flight and lets everything go. */
  close(): Promise<void>;
}

/**
 * Runs a program until SIGTERM or SIGINT, which `stopping` tells it, then closes it; a second signal, or `graceMs` later, ends the process regardless.
 * Whatever nobody caught ends it with code 1: a process in an unknown state is worth less than a fresh one.
 */
export async function runUntilSignal(
  start: (stopping: AbortSignal) => Promise<Program>,
  { log, graceMs }: { readonly log: Logger; readonly graceMs: number },
): Promise<void> {
  const stop = new AbortController();
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.on(name, () => {
        if (stop.signal.aborted) process.exit(1);
        stop.abort();
        resolve(name);
      });
    }
  });
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error }, 'an error that nobody caught ends the process');
      process.exit(1);
    });
  }

  const program = await start(stop.signal);
  log.info({ signal: await signalled }, 'stopping');
  const closed = program.close().then(() => true);
  const inTime = await Promise.race([closed, sleep(graceMs, false, { ref: false })]);
  if (!inTime) log.warn({ graceMs }, 'not everything ended within the grace');
  process.exit(inTime ? 0 : 1);
}
