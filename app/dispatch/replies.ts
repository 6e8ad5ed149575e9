import type { RedisConnections } from '../redis/types.js';
import type { PendingTask } from './pending.js';

/** One way for answers to come to this process. */
export interface Replies {
  /** What the record of a task says of where its answer goes; see functions/answers.lua. */
  readonly address: string;
  /** Resolves when answers can come; undefined when they always can. */
  open(): Promise<void> | undefined;
  /** A task begins whose answer comes this way. */
  await(task: PendingTask): void;
  close(): Promise<void>;
}

/** Who is told what came. */
export interface ReplySink {
  /** An answer, as functions/answers.lua wrote it. Again is no harm. */
  take(id: string, answer: Buffer): void;
  /** Answers may have been missed: they are to be found by the ids of the tasks. */
  missed(): void;
  isWaiting(): boolean;
}

export type ReplyConnections = Pick<
  RedisConnections,
  'readEntries' | 'command' | 'subscribe' | 'reconnects' | 'isCluster'
>;

/** ZSET of the streams of answers by when they go; see functions/answers.lua. */
export const repliesKey = 'ml:{:replies}';

export const replyKey = (name: string): string => `${repliesKey}:${name}`;

/** An answer is taken out of Redis before its time. */
export async function dropReplyKey(connections: Pick<RedisConnections, 'command'>, key: string): Promise<void> {
  await Promise.all([connections.command(['UNLINK', key]), connections.command(['ZREM', repliesKey, key])]);
}
