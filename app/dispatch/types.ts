import type { JobInput, JobView } from '../queue/types.js';

/**
 * How the answer comes. `stream`: by the one stream of this process, which keeps it while the connection is lost. `pubsub`: as a message,
 * which may get lost. `key`: by a key and a connection of its own. With any of them, what got lost is found by the id of the task.
 */
export type ReplyWay = 'stream' | 'pubsub' | 'key';

export interface TaskOptions extends Pick<JobInput, 'priority' | 'key' | 'maxAttempts' | 'backoff'> {
  /** Of the caller's making: the same id again is the same task, also after an answer was lost. @default made here */
  readonly id?: string;
  /** From now to the deadline. @default 30 000 */
  readonly timeoutMs?: number;
  /** Whoever does the task may tell something before its end: by the stream `task:<id>`. @default false */
  readonly stream?: boolean;
}

export interface AskOptions extends TaskOptions {
  /** @default `stream`; `pubsub` on a Redis Cluster */
  readonly reply?: ReplyWay;
  /** Fires when the caller is gone. The task is cancelled then, unless its id is the caller's own: he may come back for the answer. */
  readonly signal?: AbortSignal;
}

export interface TaskAnswer {
  readonly id: string;
  /** JSON text; absent where there is no result. */
  readonly resultJson?: string;
}

export interface StartedTask {
  readonly id: string;
  /** What it is told in before its end, where that was asked for. */
  readonly stream?: string;
}

export type TaskView = JobView;
