import type { Handler } from './types.js';

/** Every worker serves this queue: whoever puts a job through it knows that gateway, Redis and workers play together. */
export const checkQueue = 'moorline-check';

export const checkHandler =
  (podName: string, serverId: string): Handler =>
  () => ({ handledBy: podName, serverId });
