import { MoorlineError } from '../resilience/errors.js';
import type { Cancelled } from './types.js';

/** Reads the reply of `cancel`; what cannot be cancelled is an error that says why. */
export function cancelledOf(queue: string, id: string, reply: unknown): Cancelled {
  const [state] = (reply as readonly Buffer[]).map(String);
  switch (state) {
    case 'cancelled':
      return { id, state };
    case 'leased':
      return { id, state: 'cancelling' };
    case 'done':
      throw new MoorlineError('job_over', `Expected a job that is not over, but ${id} of queue ${queue} is done`);
    case 'failed':
    case 'expired':
      throw new MoorlineError('job_over', `Expected a task that is not over, but ${id} of queue ${queue} has ${state}`);
    case 'dead':
      throw new MoorlineError(
        'job_over',
        `Expected a job that is not over, but ${id} of queue ${queue} is a dead letter: purge it instead`,
      );
    case 'unknown':
      throw new MoorlineError(
        'not_found',
        `Queue ${queue} has no job ${id}: it never had one, or finished it longer ago than it remembers`,
      );
    default:
      throw new MoorlineError('internal', `Expected a state of a job, got ${String(state)}`);
  }
}
