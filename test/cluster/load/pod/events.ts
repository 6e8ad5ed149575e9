/** How the reason of a call ends that failed because the client did not wait any longer: a matter of time, like a stall. */
export const timeout = 'timeout';

/** A line of a load pod's journal; `atMs` is the clock of its node. */
export type Event = Acknowledged | Answered | Ran | Failed | Stopped;

/** The gateway said that it has these jobs. */
export interface Acknowledged {
  readonly type: 'acknowledged';
  readonly client: string;
  readonly ids: readonly string[];
  readonly atMs: number;
}

/** Any other answer that a client wanted. */
export interface Answered {
  readonly type: 'answered';
  readonly client: string;
  readonly atMs: number;
}

/** This delivery of a job was worked on here. */
export interface Ran {
  readonly type: 'ran';
  readonly id: string;
  readonly fence: string;
  readonly atMs: number;
}

export interface Failed {
  readonly type: 'failed';
  readonly client: string;
  /** A code of the gateway or of the connection. */
  readonly reason: string;
  readonly message: string;
  readonly atMs: number;
}

/** No more jobs are handed in by this pod. */
export interface Stopped {
  readonly type: 'stopped';
  readonly atMs: number;
}

/** As it is written: the journal adds the time. */
export type NewEvent = Event extends infer One ? (One extends Event ? Omit<One, 'atMs'> : never) : never;
