import { makeJobId } from '../queue/job-id.js';
import { limits, queueNamePattern } from '../queue/limits.js';
import { streamOfTask } from '../queue/task-stream.js';
import type { JobInput } from '../queue/types.js';
import { checkInteger, checkJobId, invalid } from '../queue/validate.js';
import { checkStreamName } from '../streams/validate.js';
import type { TaskOptions } from './types.js';

/** A task as it is asked, checked and with what was left open. */
export interface TaskSpec extends Omit<TaskOptions, 'stream' | 'id' | 'timeoutMs'> {
  readonly id: string;
  readonly timeoutMs: number;
  /** Its name, where it has one. */
  readonly stream?: string;
}

const maxIdLength = 200;
const defaultTimeoutMs = 30_000;

export function newTask(queue: string, options: TaskOptions): TaskSpec {
  const { id: own, timeoutMs = defaultTimeoutMs, stream = false, ...rest } = options;
  checkInteger('timeoutMs', timeoutMs, 1, limits.maxTimeoutMs);
  const id = taskIdOf(queue, own);
  if (!stream) return { ...rest, id, timeoutMs };
  const name = streamOfTask(id);
  checkStreamName(name);
  return { ...rest, id, timeoutMs, stream: name };
}

/** The job that is the task. It is tried once unless it says otherwise: who waits is told of a failure at once. */
export function jobOfTask(
  { id, stream, priority, key, backoff, maxAttempts = 1 }: TaskSpec,
  data: unknown,
  { remainingMs, replyTo }: { readonly remainingMs: number; readonly replyTo?: string },
): JobInput {
  const task = { expireMs: Math.max(1, Math.ceil(remainingMs)), hasStream: stream !== undefined, replyTo };
  return { id, data, priority, key, backoff, maxAttempts, task };
}

/**
 * The id of a task begins with its queue, so that whoever has the id finds the task: `mail:01j...`. Its job has the same id. One of
 * the caller's own gets the queue before it.
 */
export function taskIdOf(queue: string, own: string = makeJobId()): string {
  const id = own.startsWith(`${queue}:`) ? own : `${queue}:${own}`;
  if (id.length > maxIdLength) {
    const expected = `1-${maxIdLength - 1 - queue.length} characters, since its queue comes before it`;
    throw invalid('the task id', expected, own);
  }
  checkJobId('the task id', id);
  return id;
}

/** Undefined when no task has such an id. */
export function queueOfTask(id: string): string | undefined {
  const queue = id.slice(0, Math.max(0, id.indexOf(':')));
  return queueNamePattern.test(queue) ? queue : undefined;
}
