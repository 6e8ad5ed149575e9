import type { LiveTask } from './contender/live/task.js';
import type { Task } from './contender/task.js';

/** Who is measured: the same task, a process of its own. */
export const contenderNames = [
  'moorline',
  'moorline-replicated',
  'moorline-pubsub',
  'moorline-key',
  'bullmq',
  'ioredis',
] as const;

export type ContenderName = (typeof contenderNames)[number];

export const contenderTitles: Readonly<Record<ContenderName, string>> = {
  moorline: 'Moorline',
  'moorline-replicated': 'Moorline, replicated',
  'moorline-pubsub': 'Moorline, answers by pub/sub',
  'moorline-key': 'Moorline, a key for each answer',
  bullmq: 'BullMQ',
  ioredis: 'ioredis alone',
};

/** Everything that may be measured; a task answers some of it. */
export const figures = {
  perSecond: { title: 'jobs/s', better: 'more', digits: 0 },
  messagesPerSecond: { title: 'messages/s', better: 'more', digits: 0 },
  chunksPerSecond: { title: 'chunks/s', better: 'more', digits: 0 },
  redisUsPerJob: { title: 'Redis CPU us/job', better: 'less', digits: 1 },
  clientUsPerJob: { title: 'client CPU us/job', better: 'less', digits: 1 },
  redisUsPerMessage: { title: 'Redis CPU us/message', better: 'less', digits: 1 },
  clientUsPerMessage: { title: 'client CPU us/message', better: 'less', digits: 1 },
  commandsPerJob: { title: 'Redis commands/job', better: 'less', digits: 2 },
  p50Ms: { title: 'p50 ms', better: 'less', digits: 2 },
  p99Ms: { title: 'p99 ms', better: 'less', digits: 2 },
  p999Ms: { title: 'p99.9 ms', better: 'less', digits: 2 },
  bytesPerJob: { title: 'bytes/job', better: 'less', digits: 0 },
  commandsPerMinute: { title: 'commands/min', better: 'less', digits: 0 },
  kbPerSocket: { title: 'KB of memory/socket', better: 'less', digits: 1 },
  corePercent: { title: '% of a core', better: 'less', digits: 1 },
  historyReads: { title: 'reads of Redis', better: 'less', digits: 0 },
  keysLeft: { title: 'keys left', better: 'less', digits: 0 },
  connections: { title: 'Redis connections', better: 'less', digits: 0 },
  seconds: { title: 'seconds', better: 'less', digits: 2 },
  doneSeconds: { title: 'seconds until all is done', better: 'less', digits: 2 },
  memoryMb: { title: 'client memory MB', better: 'less', digits: 0 },
  failed: { title: 'failed', better: 'less', digits: 0 },
  lost: { title: 'lost', better: 'less', digits: 0 },
  dead: { title: 'dead letters', better: 'less', digits: 0 },
} as const satisfies Record<string, Figure>;

interface Figure {
  readonly title: string;
  readonly better: 'more' | 'less';
  /** After the point. */
  readonly digits: number;
}

export type FigureName = keyof typeof figures;

export type Figures = { readonly [Name in FigureName]?: number };

export interface ServerSpec {
  /** `everysec` and `always`: an append-only file, synced so often. */
  readonly persistence: 'none' | 'everysec' | 'always';
  readonly replicas: 0 | 1;
}

/** `timesBetter` compares Moorline with the other side, pair by pair; 1 is "no worse". */
export type Target =
  | { readonly figure: FigureName; readonly timesBetter: number }
  | { readonly figure: FigureName; readonly atMost: number }
  | { readonly figure: FigureName; readonly atLeast: number };

/** One line of work that is measured by the same task for all its contenders. */
export interface Run {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  readonly task: Task | LiveTask;
  readonly contenders: readonly ContenderName[];
  readonly server: ServerSpec;
  readonly targets: readonly Target[];
  /** Part of what runs when nothing is chosen. */
  readonly isSelected: boolean;
  /** A figure that does not swing needs no repetition. */
  readonly isSteady?: boolean;
}
