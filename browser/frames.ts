import type { Position } from './types.js';

/** What the gateway sends; see docs/protocol.md. A frame has some of the fields. */
export interface ServerFrame {
  /** Of the frame that it answers. */
  readonly id?: number;
  readonly subscribed?: Subscribed;
  readonly authenticated?: { readonly expiresInMs: number | null };
  readonly error?: { readonly code: string; readonly message: string; readonly retryable: boolean };
  readonly stream?: string;
  readonly topic?: string;
  /** What was subscribed to, where that is no topic but a pattern. */
  readonly pattern?: string;
  readonly offset?: number;
  readonly epoch?: string;
  readonly data?: unknown;
  readonly end?: boolean;
}

export interface Subscribed {
  readonly epoch?: string;
  readonly offset?: number;
  readonly recovered?: boolean;
}

/** What a client subscribes to, and from where. */
export type Wanted = Subject | (Subject & Position);

/** What a subscription is called. */
export type Subject = { readonly stream: string } | { readonly topic: string };

/** One key for a subscription and for the frames that belong to it. */
export function keyOf({ stream, topic, pattern }: Pick<ServerFrame, 'stream' | 'topic' | 'pattern'>): string {
  return stream === undefined ? `topic ${pattern ?? topic ?? ''}` : `stream ${stream}`;
}
