import type { Subscription } from '../../streams/subscription.js';
import type { Chunk } from '../../streams/types.js';

/** Where the chunks of a subscription go. */
export interface Sink {
  /** Whether it takes more now. When it does again, it calls `Pump.run`. */
  hasRoom(): boolean;
  send(chunks: readonly Chunk[]): void;
  /** All chunks were sent, and no more will come. */
  ended(): void;
  /** The next chunks cannot be had any more. */
  lost(): void;
  /** Redis could not be asked in time. */
  failed(error: unknown): void;
}

/** Moves chunks from a subscription into a sink, as fast as the sink takes them and no faster. */
export class Pump {
  private isRunning = false;
  private hasNews = false;
  private isClosed = false;

  constructor(
    private readonly subscription: Subscription,
    private readonly sink: Sink,
  ) {}

  /** There may be more chunks, or room for more. */
  run(): void {
    this.hasNews = true;
    if (!this.isRunning && !this.isClosed) void this.pump();
  }

  /** Of the chunks that it sends. */
  get epoch(): string {
    return this.subscription.position.epoch;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.subscription.close();
  }

  private async pump(): Promise<void> {
    this.isRunning = true;
    try {
      while (this.hasNews && this.sink.hasRoom() && !this.isClosed) {
        this.hasNews = false;
        await this.once();
      }
    } catch (error) {
      this.close();
      this.sink.failed(error);
    } finally {
      this.isRunning = false;
    }
  }

  private async once(): Promise<void> {
    // At once where the chunks are at hand: a wait for each would cost more than the rest.
    const pulling = this.subscription.pull();
    const pulled = pulling instanceof Promise ? await pulling : pulling;
    if (this.isClosed) return;
    if (pulled === 'lost') {
      this.close();
      this.sink.lost();
      return;
    }
    if (pulled.length > 0) {
      this.sink.send(pulled);
      this.hasNews = true;
    } else if (this.subscription.isAtEnd) {
      this.close();
      this.sink.ended();
    }
  }
}
