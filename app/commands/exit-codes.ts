import { ConfigError } from '../config/index.js';
import { isMoorlineError } from '../resilience/errors.js';
import { WorkerSetupError } from '../worker/setup-error.js';

/** What the user asked for makes no sense; the message says what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** It did not work now, and may work later: something is not reachable, or not ready. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

const exitCodes = { failed: 1, usage: 2, unavailable: 3 } as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof WorkerSetupError) {
    return exitCodes.usage;
  }
  const mayHelpToRetry = error instanceof UnavailableError || (isMoorlineError(error) && error.retryable);
  return mayHelpToRetry ? exitCodes.unavailable : exitCodes.failed;
}

/** One line, but for a configuration with several faults: one line each. */
export function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('\n');
  if (isMoorlineError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
}
