import type { ContenderName, Run } from '../types.js';
import { inMemory } from './servers.js';

const alone: readonly ContenderName[] = ['moorline'];
const besidePubSub: readonly ContenderName[] = ['moorline', 'ioredis'];
const common = { server: inMemory, isSelected: false } as const;

/** Messages of the bus, chunks of streams, and those who follow them. */
export const liveRuns: readonly Run[] = [
  {
    ...common,
    name: 'bus',
    title: 'Bus: published to handled, 100 callers',
    task: { kind: 'bus', messages: 100_000, warmUp: 20_000, concurrency: 100 },
    contenders: besidePubSub,
    targets: [{ figure: 'messagesPerSecond', timesBetter: 0.8 }],
    isSelected: true,
  },
  {
    ...common,
    name: 'bus-latency',
    title: 'Bus: from due to handled at 2 000 messages/s',
    task: { kind: 'bus-latency', perSecond: 2_000, seconds: 3 },
    contenders: besidePubSub,
    targets: [{ figure: 'p50Ms', timesBetter: 0.5 }],
    isSelected: true,
  },
  {
    ...common,
    name: 'stream-publish',
    title: 'Streams: 100 producers, a chunk a call, each confirmed before the next',
    task: { kind: 'stream-publish', chunks: 50_000, producers: 100, batch: 1 },
    contenders: alone,
    targets: [{ figure: 'chunksPerSecond', atLeast: 28_000 }],
    isSelected: true,
  },
  {
    ...common,
    name: 'stream-publish-batched',
    title: 'Streams: 10 producers, 100 chunks a call',
    task: { kind: 'stream-publish', chunks: 500_000, producers: 10, batch: 100 },
    contenders: alone,
    targets: [{ figure: 'chunksPerSecond', atLeast: 150_000 }],
    isSelected: true,
  },
  {
    ...common,
    name: 'stream-latency',
    title: 'Streams: from due to the WebSocket at 2 000 chunks/s',
    task: { kind: 'stream-latency', perSecond: 2_000, seconds: 3 },
    contenders: alone,
    targets: [
      { figure: 'p99Ms', atMost: 10 },
      { figure: 'lost', atMost: 0 },
    ],
    isSelected: true,
  },
  {
    ...common,
    name: 'idle-sockets',
    title: 'WebSockets that say nothing (10 000, or --sockets)',
    task: { kind: 'idle-sockets', sockets: 10_000, seconds: 60 },
    contenders: alone,
    targets: [
      { figure: 'kbPerSocket', atMost: 10 },
      { figure: 'corePercent', atMost: 2 },
      { figure: 'commandsPerMinute', atMost: 15 },
      { figure: 'connections', atMost: 0 },
    ],
    isSteady: true,
  },
  {
    ...common,
    name: 'storm',
    title: 'WebSockets that come back at once to one stream (5 000, or --sockets)',
    task: { kind: 'storm', sockets: 5_000, chunks: 200 },
    contenders: alone,
    targets: [
      { figure: 'seconds', atMost: 5 },
      { figure: 'historyReads', atMost: 50 },
      { figure: 'failed', atMost: 0 },
    ],
    isSteady: true,
  },
];
