import type { Followed, Host } from './followed.js';
import type { ServerFrame, Subscribed, Wanted } from './frames.js';
import { Inbox } from './inbox.js';
import type { LiveError } from './live-error.js';
import type { Position, StreamItem } from './types.js';

/** One reader's place in a stream: goes on exactly where it was, or tells that it cannot. */
export class StreamFollower<T> implements Followed {
  readonly subject: { readonly stream: string };
  readonly items: Inbox<StreamItem<T>>;
  /** Chunks count from the answer to a subscription on: what comes before it belongs to an earlier one. */
  private isLive = false;
  private isFull = false;

  constructor(
    stream: string,
    private position: Position,
    private readonly maxBuffered: number,
    private readonly host: Host,
  ) {
    this.subject = { stream };
    this.items = new Inbox(
      () => {
        this.hasRoom();
      },
      () => {
        host.unsubscribe(this);
        host.forget(this);
      },
    );
  }

  get wanted(): Wanted | undefined {
    return this.isFull ? undefined : { ...this.subject, ...this.position };
  }

  begun({ epoch = '', offset = 0, recovered = false }: Subscribed): void {
    this.isLive = true;
    this.position = { epoch, offset };
    if (!recovered) this.items.push({ ...this.position, recovered });
  }

  take({ epoch = this.position.epoch, offset = 0, data, end }: ServerFrame): void {
    const next = this.position.offset + 1;
    // What it has already is no news.
    if (!this.isLive || (end !== true && offset < next)) return;
    if (end === true) {
      this.end();
      this.host.forget(this);
    } else if (offset > next) {
      this.stop();
      this.host.subscribe(this);
    } else {
      this.position = { epoch, offset };
      this.items.push({ ...this.position, recovered: true, data: data as T });
      if (this.items.waiting.length >= this.maxBuffered) this.wait();
    }
  }

  interrupted(): void {
    this.isLive = false;
  }

  end(error?: LiveError): void {
    this.items.end(error);
  }

  /** The rest stays in the history until there is room. */
  private wait(): void {
    this.isFull = true;
    this.stop();
  }

  private hasRoom(): void {
    if (!this.isFull || this.items.waiting.length > this.maxBuffered / 2) return;
    this.isFull = false;
    this.host.subscribe(this);
  }

  private stop(): void {
    this.isLive = false;
    this.host.unsubscribe(this);
  }
}
