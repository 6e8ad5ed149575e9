import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineLibrary } from '../redis/library.js';
import type { FunctionCall } from '../redis/types.js';

// Lua is not compiled: build/app/bus reads it where it lies in the package.
const file = new URL('../../../app/bus/functions/bus.lua', import.meta.url);

const library = defineLibrary('bus', readFileSync(file, 'utf8'));

/** So many channels are shared by all topics. Every process must count the same. */
export const partitions = 16;

/** A topic is always on the same channel. */
export function partitionOf(topic: string): number {
  return createHash('sha1').update(topic).digest().readUInt32BE() % partitions;
}

export const partitionChannel = (partition: number): string => `ml:{:bus:${partition}}`;

export const serverChannel = (serverId: string): string => `ml:{:server:${serverId}}`;

export function publishCall(
  channel: string,
  messages: readonly Buffer[],
  once?: { readonly key: string; readonly windowMs: number },
): FunctionCall {
  const key = `${channel}:once:${once?.key ?? ''}`;
  return {
    library,
    name: 'publish',
    keys: [key],
    args: [channel, once === undefined ? 0 : 1, once?.windowMs ?? 0, ...messages],
  };
}
