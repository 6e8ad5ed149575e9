import { unpackAnswers } from './answer.js';
import { replyKey, type Replies, type ReplyConnections, type ReplySink } from './replies.js';

/** The answers of all tasks of this process as messages: the only way on a Redis Cluster, where one read cannot span the slots. */
export class ReplyChannel implements Replies {
  readonly address: string;
  private readonly channel: string;
  private subscribed: Promise<() => void> | undefined;

  constructor(
    private readonly connections: ReplyConnections,
    private readonly sink: ReplySink,
    name: string,
  ) {
    this.address = `p${name}`;
    this.channel = replyKey(name);
  }

  async open(): Promise<void> {
    const { connections, channel, sink } = this;
    this.subscribed ??= connections.subscribe(channel, {
      onMessage: (message) => {
        const texts = unpackAnswers(message);
        for (let at = 0; at + 1 < texts.length; at += 2) sink.take(String(texts[at]), texts[at + 1] as Buffer);
      },
      onGap: () => {
        sink.missed();
      },
    });
    try {
      await this.subscribed;
    } catch (error) {
      this.subscribed = undefined;
      throw error;
    }
  }

  await(): void {
    // Messages come by themselves.
  }

  async close(): Promise<void> {
    const unsubscribe = await this.subscribed?.catch(() => undefined);
    unsubscribe?.();
  }
}
