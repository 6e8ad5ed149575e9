import type { JobFailure } from '../queue/types.js';
import { MoorlineError } from '../resilience/errors.js';
import type { Ending } from './answer.js';

/** The error of whoever waits for a task that ended without a result. */
export function errorOfEnding(id: string, ending: Exclude<Ending, { readonly how: 'done' }>): MoorlineError {
  switch (ending.how) {
    case 'failed':
      return taskFailed(id, ending.error);
    case 'expired':
      return deadlineExceeded(id);
    case 'cancelled':
      return new MoorlineError('task_cancelled', `Task ${id} was cancelled`, { details: { id } });
    case 'unknown':
      return new MoorlineError(
        'task_cancelled',
        `The queue has no task ${id} any more: it was emptied, or what it had is lost`,
        { details: { id } },
      );
  }
}

/** The stack stays with the queue: it is nobody's business outside. */
function taskFailed(id: string, { message, code, details }: JobFailure): MoorlineError {
  const failure = { message, ...(code === undefined ? {} : { code }), ...(details === undefined ? {} : { details }) };
  return new MoorlineError('task_failed', `Task ${id} failed: ${message}`, { details: { id, failure } });
}

export const deadlineExceeded = (id: string): MoorlineError =>
  new MoorlineError('deadline_exceeded', `Task ${id} was not answered by its deadline, so it is cancelled`, {
    details: { id },
  });

export const abandoned = (id: string): MoorlineError =>
  new MoorlineError('task_cancelled', `Task ${id} is cancelled, since nobody waits for it any more`, {
    details: { id },
  });

export const stopping = (id: string): MoorlineError =>
  new MoorlineError(
    'gateway_unavailable',
    `This process stops while task ${id} is under way: ask for the same id again, which does nothing twice`,
    { details: { id }, retryAfterMs: 1_000 },
  );
