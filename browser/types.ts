/** Where one is in a stream: after the chunk of that offset. Keep it to go on there later, perhaps in another page. */
export interface Position {
  /** Names one history of the stream; empty for the beginning of whatever there is. */
  readonly epoch: string;
  /** Counts chunks from 1; 0 is before the first. */
  readonly offset: number;
}

export interface Chunk<T> extends Position {
  readonly recovered: true;
  readonly data: T;
}

/** Chunks are gone for ever: what was shown so far is not what comes next, which begins after this position. */
export interface Restart extends Position {
  readonly recovered: false;
}

export type StreamItem<T> = Chunk<T> | Restart;

export interface TopicMessage<T> {
  readonly topic: string;
  readonly data: T;
  /** Others before it may be missing: the connection was lost meanwhile, or nobody took them in time. */
  readonly missed: boolean;
}
