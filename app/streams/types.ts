/** Where one is in a stream: after the chunk of that offset. An empty epoch with offset 0 is the beginning of whatever there is. */
export interface Position {
  /** Changes when the history was lost; offsets of different epochs have nothing to do with each other. */
  readonly epoch: string;
  /** Counts chunks from 1; 0 is before the first. */
  readonly offset: number;
}

export interface Chunk {
  readonly offset: number;
  /** JSON text. */
  readonly json: Buffer;
}

/** What Redis has of a stream. */
export interface StreamState extends Position {
  /** No more chunks will come. */
  readonly ended: boolean;
}

export interface PublishOptions {
  /** These are the last chunks; the history goes soon after. */
  readonly end?: boolean;
  /**
   * Who publishes, and the number of this request by its own count from 1 upwards: the same again is stored once. For producers
   * that may have to repeat a request whose answer was lost; they publish one request after the other.
   */
  readonly producer?: string;
  readonly sequence?: number;
  /** Instead of these: the same key again within two minutes stores nothing. */
  readonly idempotencyKey?: string;
}

/** Where a subscription begins. `now`: with what is published from now on. */
export type Wanted = Position | 'now';
