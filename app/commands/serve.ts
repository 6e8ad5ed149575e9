import type { Config } from '../config/index.js';
import type { Logger } from '../log.js';
import { createProcessLog } from '../operations/foundation.js';
import { runUntilSignal, type Program } from '../operations/lifecycle.js';

/** Runs a server process until it is told to stop. */
export async function serve(
  config: Config,
  start: (config: Config, log: Logger, stopping: AbortSignal) => Promise<Program>,
): Promise<void> {
  const log = createProcessLog(config);
  await runUntilSignal((stopping) => start(config, log, stopping), { log, graceMs: config.shutdownGraceMs });
}
