/** What becomes of a message for which a lane has no room. */
export type Overflow = 'drop-newest' | 'drop-oldest';

export interface LaneOptions {
  /** Messages that wait, at most. */
  readonly maxWaiting: number;
  readonly overflow: Overflow;
  readonly onDropped: () => void;
}

/** Messages for one handler, one after the other, in the order they came. */
export class Lane<T> {
  private readonly waiting: T[] = [];
  private isRunning = false;

  constructor(
    private readonly handle: (item: T) => void | Promise<void>,
    private readonly options: LaneOptions,
  ) {}

  /** Handled at once while nothing waits. */
  push(item: T): void {
    const { maxWaiting, overflow, onDropped } = this.options;
    if (this.waiting.length >= maxWaiting) {
      onDropped();
      if (overflow === 'drop-newest') return;
      this.waiting.shift();
    }
    this.waiting.push(item);
    if (!this.isRunning) void this.run();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    for (let item = this.waiting.shift(); item !== undefined; item = this.waiting.shift()) {
      const handling = this.handle(item);
      // A wait for each message of a handler that does not wait would cost more than the rest.
      if (handling instanceof Promise) await handling;
    }
    this.isRunning = false;
  }
}
