import { readFileSync } from 'node:fs';
import { defineLibrary } from '../redis/library.js';
import type { FunctionCall } from '../redis/types.js';

// Lua is not compiled: build/app/streams reads it where it lies in the package.
const file = new URL('../../../app/streams/functions/streams.lua', import.meta.url);

const library = defineLibrary('streams', readFileSync(file, 'utf8'));

/** Who has a history: streams, and topics that are declared recoverable. */
export type HistoryKind = 'stream' | 'topic';

/** Names a stream or a topic among all that have a history: `stream:answer-42`. */
export type HistoryId = `${HistoryKind}:${string}`;

/** One hash tag each. No queue has a colon first in its name: its tag is another. */
const key = (id: HistoryId, name: string): string => `ml:{:${id}}:${name}`;

/** What is published to it, live. */
export const channelOf = (id: HistoryId): string => key(id, 'log');

/** `onceKey`: what was published with it is not published again. */
export function publishCall(id: HistoryId, args: FunctionCall['args'], onceKey: string | undefined): FunctionCall {
  const once = onceKey === undefined ? [] : [key(id, `once:${onceKey}`)];
  return { library, name: 'publish', keys: [key(id, 'meta'), key(id, 'log'), ...once], args };
}

export function readCall(id: HistoryId, args: FunctionCall['args']): FunctionCall {
  return { library, name: 'read', keys: [key(id, 'meta'), key(id, 'log')], args };
}

/** Gives the history another epoch, unless it has one already. */
export function disownCall(id: HistoryId, args: FunctionCall['args']): FunctionCall {
  return { library, name: 'disown', keys: [key(id, 'meta')], args };
}

/** Where several are. In a Redis Cluster one at a time. */
export function positionsCall(ids: readonly HistoryId[]): FunctionCall {
  return { library, name: 'positions', keys: ids.map((id) => key(id, 'meta')), args: [] };
}
