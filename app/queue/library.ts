import { readFileSync } from 'node:fs';
import { defineLibrary, type FunctionLibrary } from '../redis/library.js';
import type { FunctionCall } from '../redis/types.js';
import { queueKeys } from './keys.js';

/** In this order: what is shared comes before what uses it. */
const files = [
  'queue',
  'record',
  'settings',
  'statistics',
  'tries',
  'backoff',
  'rates',
  'line',
  'traits',
  'lanes',
  'dedupe',
  'leave',
  'bury',
  'enqueue',
  'enqueue_dead',
  'settle',
  'upkeep',
  'claim',
  'outlook',
  'turn',
  'pause',
  'counts',
  'peek',
  'job',
  'dead_scan',
  'dead_read',
  'dead_replay',
  'dead_purge',
] as const;

// Lua is not compiled: build/app/queue reads it where it lies in the package.
const directory = new URL('../../../app/queue/functions/', import.meta.url);

export const queueLibrary: FunctionLibrary = defineLibrary(
  'queue',
  files.map((file) => readFileSync(new URL(`${file}.lua`, directory), 'utf8')).join('\n'),
);

export type QueueFunction =
  | 'enqueue'
  | 'enqueue_dead'
  | 'turn'
  | 'pause'
  | 'configure'
  | 'settings'
  | 'counts'
  | 'job'
  | 'dead_scan'
  | 'dead_read'
  | 'dead_replay'
  | 'dead_purge';

export function queueCall(name: QueueFunction, queue: string, args: FunctionCall['args'] = []): FunctionCall {
  return { library: queueLibrary, name, keys: queueKeys(queue), args };
}
