import type { Followed, Host } from './followed.js';
import type { ServerFrame, Subscribed, Wanted } from './frames.js';
import { Inbox } from './inbox.js';
import type { LiveError } from './live-error.js';
import type { Position, TopicMessage } from './types.js';

/** One reader of a topic, or of all that a pattern matches: messages come at most once, and it is told when some may not have come. */
export class TopicFollower<T> implements Followed {
  readonly subject: { readonly topic: string };
  readonly items: Inbox<TopicMessage<T>>;
  /** Of a topic whose messages the gateway keeps for a while. */
  private position: Position | undefined;
  private isLive = false;
  private missed = false;

  constructor(
    topic: string,
    private readonly maxBuffered: number,
    host: Host,
  ) {
    this.subject = { topic };
    this.items = new Inbox(
      () => undefined,
      () => {
        host.unsubscribe(this);
        host.forget(this);
      },
    );
  }

  get wanted(): Wanted {
    return { ...this.subject, ...this.position };
  }

  begun({ epoch = '', offset, recovered }: Subscribed): void {
    this.isLive = true;
    this.position = offset === undefined ? undefined : { epoch, offset };
    if (this.position !== undefined) this.missed = recovered === false;
  }

  take({ topic = '', epoch = this.position?.epoch ?? '', offset, data }: ServerFrame): void {
    if (offset !== undefined) this.position = { epoch, offset };
    if (this.items.waiting.length >= this.maxBuffered) this.dropOldest();
    this.items.push({ topic, data: data as T, missed: this.missed });
    this.missed = false;
  }

  interrupted(): void {
    this.missed ||= this.isLive;
    this.isLive = false;
  }

  end(error?: LiveError): void {
    this.items.end(error);
  }

  /** Whoever is late rather has what is new. */
  private dropOldest(): void {
    const { waiting } = this.items;
    waiting.shift();
    const [oldest] = waiting;
    if (oldest === undefined) this.missed = true;
    else waiting[0] = { ...oldest, missed: true };
  }
}
