import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineLibrary } from '../redis/library.js';
import type { FunctionCall } from '../redis/types.js';

// Lua is not compiled: build/app/bus reads it where it lies in the package.
const file = new URL('../../../app/bus/functions/bus.lua', import.meta.url);

const library = defineLibrary('bus', readFileSync(file, 'utf8'));

/** So many channels are shared by all topics. Every process must count the same. */
export const partitions = 16;

/** A server that is silent for so long is gone: each speaks up every half minute at least. */
export const silentAfterMs = 100_000;

const channels = Array.from({ length: partitions }, (_, partition) => `ml:{:bus:${partition}}`);
const serversTag = 'ml:{:servers}';
const serverKeys = [`${serversTag}:heard`, `${serversTag}:about`];

/** Topics whose channels are remembered: finding one costs more than the rest of a small message. */
const maxRemembered = 10_000;
const known = new Map<string, string>();

/** A topic is always on the same channel. */
export function channelOfTopic(topic: string): string {
  const remembered = known.get(topic);
  if (remembered !== undefined) return remembered;
  const channel = channels[partitionOf(topic)] ?? '';
  if (known.size >= maxRemembered) known.clear();
  known.set(topic, channel);
  return channel;
}

export const allTopicChannels: readonly string[] = channels;

/** All servers share a hash tag with their list, so that one function sees to both. */
export const channelOfServer = (serverId: string): string => `${serversTag}:to:${serverId}`;

export function publishCall(channel: string, messages: Buffer): FunctionCall {
  return { library, name: 'publish', keys: [onceKey(channel, '')], args: [channel, 0, 0, messages] };
}

/** Publishes nothing where the key was used within the window. */
export function publishOnceCall(channel: string, message: Buffer, key: string, windowMs: number): FunctionCall {
  return { library, name: 'publish', keys: [onceKey(channel, key)], args: [channel, 1, windowMs, message] };
}

export function sendCall(serverId: string, messages: Buffer): FunctionCall {
  return serversCall('send', [channelOfServer(serverId), serverId, silentAfterMs, messages]);
}

export function beatCall(serverId: string, about: string, message: Buffer): FunctionCall {
  return serversCall('beat', [channelOfServer(serverId), serverId, silentAfterMs, about, message]);
}

export const leaveCall = (serverId: string): FunctionCall => serversCall('leave', [serverId]);

export const listCall = (): FunctionCall => serversCall('servers', [silentAfterMs]);

function serversCall(name: string, args: FunctionCall['args']): FunctionCall {
  return { library, name, keys: serverKeys, args };
}

const onceKey = (channel: string, key: string): string => `${channel}:once:${key}`;

function partitionOf(topic: string): number {
  return createHash('sha1').update(topic).digest().readUInt32BE() % partitions;
}
