import { readFileSync } from 'node:fs';
import { defineLibrary } from '../redis/library.js';
import type { FunctionCall } from '../redis/types.js';

// Lua is not compiled: build/app/streams reads it where it lies in the package.
const file = new URL('../../../app/streams/functions/streams.lua', import.meta.url);

const library = defineLibrary('streams', readFileSync(file, 'utf8'));

/** One hash tag a stream. No queue has a colon first in its name: its tag is another. */
const key = (stream: string, name: 'meta' | 'log'): string => `ml:{:stream:${stream}}:${name}`;

/** What is published to a stream, live. */
export const channelOf = (stream: string): string => key(stream, 'log');

export function streamCall(name: 'publish' | 'read', stream: string, args: FunctionCall['args']): FunctionCall {
  return { library, name, keys: [key(stream, 'meta'), key(stream, 'log')], args };
}

/** Where several streams are. In a Redis Cluster one at a time. */
export function positionsCall(streams: readonly string[]): FunctionCall {
  return { library, name: 'positions', keys: streams.map((stream) => key(stream, 'meta')), args: [] };
}
