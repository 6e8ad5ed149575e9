import type { HostPort } from '../../config/index.js';
import { isMoorlineError } from '../../resilience/errors.js';
import { kindOfRedisError } from '../redis-errors.js';

/** Why a call was not done where it was sent. */
export interface Redirect {
  /** Where the slot is now, when the node said so; no host means the host that was asked. */
  readonly to?: HostPort;
}

/** Undefined when the call was done, or may have been: then it must not be sent elsewhere. */
export function redirectOf(error: unknown): Redirect | undefined {
  if (!isMoorlineError(error)) return undefined;
  const { cause } = error;
  switch (kindOfRedisError(cause)) {
    case 'not-sent':
      return {};
    case 'redirected':
      return movedTo((cause as Error).message);
    default:
      return undefined;
  }
}

/**
 * `MOVED 3999 127.0.0.1:6381`. ASK and TRYAGAIN say that the slot is on its way: while some of the keys of a queue are here and
 * some are there no function can run, so the call waits until the slot has arrived.
 */
function movedTo(message: string): Redirect {
  const [, host = '', port = ''] = /^MOVED \d+ (.*):(\d+)$/.exec(message) ?? [];
  return port === '' ? {} : { to: { host, port: Number(port) } };
}
