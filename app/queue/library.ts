import { readFileSync } from 'node:fs';
import { bellChannel } from '../redis/cluster/bell.js';
import { defineLibrary, type FunctionLibrary } from '../redis/library.js';
import type { FunctionCall } from '../redis/types.js';
import { queueKey, queueKeys } from './keys.js';

/** What all functions share, in this order: what is used comes before what uses it. */
const shared = [
  'queue',
  'answers',
  'meta',
  'bell',
  'record',
  'tasks',
  'statistics',
  'entries',
  'tries',
  'rates',
  'line',
  'traits',
  'lanes',
  'dedupe',
  'leave',
  'endings',
  'bury',
] as const;

/** Functions, each with what it shares with those beside it alone. */
const groups = [
  ['notes', 'backoff', 'task_ends', 'settle', 'upkeep', 'workers', 'claim', 'outlook', 'turn', 'beat'],
  ['explain', 'job'],
  ['settings'],
  ['known', 'enqueue', 'enqueue_dead'],
  ['cancel'],
  ['pause'],
  ['empty'],
  ['counts'],
  ['peek'],
  ['dead_scan'],
  ['dead_read'],
  ['dead_replay'],
  ['dead_purge'],
  ['dead_groups'],
  ['dead_audit'],
] as const;

// Lua is not compiled: build/app/queue reads it where it lies in the package.
const directory = new URL('../../../app/queue/functions/', import.meta.url);

const codeOf = (file: string): string => readFileSync(new URL(`${file}.lua`, directory), 'utf8');

const codeOfAll = (files: readonly string[]): string => files.map(codeOf).join('\n');

// Each group in a block of its own: Lua takes 200 local names side by side.
const lua = [codeOfAll(shared), ...groups.map((files) => `do ${codeOfAll(files)}\nend`)].join('\n');

/** In a cluster the doorbell is a channel. No line of its own, so that the numbers of lines stay. */
const withBell = (channel: string) => defineLibrary('queue', `local BELL_CHANNEL = ${channel} ${lua}`);

export const queueLibrary: FunctionLibrary = { ...withBell('nil'), inCluster: withBell(`'${bellChannel}'`) };

export type QueueFunction =
  | 'enqueue'
  | 'enqueue_dead'
  | 'turn'
  | 'cancel'
  | 'beat'
  | 'pause'
  | 'pause_key'
  | 'empty'
  | 'configure'
  | 'settings'
  | 'counts'
  | 'job'
  | 'dead_scan'
  | 'dead_read'
  | 'dead_replay'
  | 'dead_purge'
  | 'dead_groups'
  | 'dead_audit';

/** The functions find the other keys of the queue by this one. */
export function queueCall(name: QueueFunction, queue: string, args: FunctionCall['args'] = []): FunctionCall {
  return { library: queueLibrary, name, keys: [queueKey(queue, 'meta')], allKeys: () => queueKeys(queue), args };
}
