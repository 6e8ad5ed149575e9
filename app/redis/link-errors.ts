import { MoorlineError } from '../resilience/errors.js';
import { NotSentError } from './redis-errors.js';

export function noAnswer(): MoorlineError {
  return new MoorlineError(
    'deadline_exceeded',
    'Redis did not answer before the deadline; the call may or may not have been done',
    { retryAfterMs: 1_000 },
  );
}

/** There was none until the deadline. */
export function noConnection(status: string, lastError: string | undefined): MoorlineError {
  return status === 'closed'
    ? new MoorlineError('redis_unavailable', 'The connections to this Redis are closed', { cause: new NotSentError() })
    : new MoorlineError('redis_unavailable', `No connection to Redis: ${lastError ?? 'connecting'}; try again`, {
        retryAfterMs: 1_000,
      });
}
