import type { LiveError } from './live-error.js';
import type { ServerFrame, Subject, Subscribed, Wanted } from './frames.js';

/** A stream or a topic that somebody reads. */
export interface Followed {
  readonly subject: Subject;
  /** What to subscribe to; undefined while nothing more is taken. */
  readonly wanted: Wanted | undefined;
  /** Frames that come from now on belong to this subscription. */
  begun(subscribed: Subscribed): void;
  take(frame: ServerFrame): void;
  /** The connection was lost. */
  interrupted(): void;
  end(error?: LiveError): void;
}

/** What a followed stream or topic asks of its client. */
export interface Host {
  subscribe(one: Followed): void;
  unsubscribe(one: Followed): void;
  /** Nothing more comes, or nobody reads any more. */
  forget(one: Followed): void;
}
