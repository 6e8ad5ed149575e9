import type { JobRecord } from './packed.js';

/** The stream of a task: what is told of it before it ends. */
export const streamOfTask = (id: string): string => `task:${id}`;

/** A record as others see it: with the name of the stream, where the task has one. */
export function withStream(
  id: string,
  { hasStream, ...record }: JobRecord,
): Omit<JobRecord, 'hasStream'> & { readonly stream?: string } {
  return hasStream === true ? { ...record, stream: streamOfTask(id) } : record;
}
