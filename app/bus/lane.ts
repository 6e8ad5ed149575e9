import type { GradientGate } from '../resilience/limiter/gradient-gate.js';

/**
 * What becomes of a message for which a lane has no room. `block`: no more messages are read from Redis until there is, of any
 * topic; it loses none as long as that takes seconds, and then the newest.
 */
export type Overflow = 'drop-newest' | 'drop-oldest' | 'block';

export interface LaneOptions<T> {
  /** What waits, at most. */
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  readonly bytesOf: (item: T) => number;
  readonly overflow: Overflow;
  readonly onDropped: () => void;
  /** No more is to come until the answer is called. */
  readonly hold: () => () => void;
  /** Of all lanes together. */
  readonly gate: GradientGate;
}

/** What was on its way already when a lane that blocks was full. */
const overshootBytes = 1024 * 1024;

/** Messages for one handler, one after the other, in the order they came. The handler must not throw or reject. */
export class Lane<T> {
  private readonly waiting: T[] = [];
  private waitingBytes = 0;
  private isRunning = false;
  /** The handler takes its time, so it counts at the gate. */
  private isSlow = false;
  private release: (() => void) | undefined;

  constructor(
    private readonly handle: (item: T) => void | Promise<void>,
    private readonly options: LaneOptions<T>,
  ) {}

  /** Handled at once while nothing waits. */
  push(item: T): void {
    if (this.isFull && !this.makeRoom()) {
      this.options.onDropped();
      return;
    }
    this.waiting.push(item);
    this.waitingBytes += this.options.bytesOf(item);
    if (!this.isRunning) this.run();
  }

  /** What waits is forgotten. */
  clear(): void {
    this.waiting.length = 0;
    this.waitingBytes = 0;
    this.letGo();
  }

  private get isFull(): boolean {
    const { maxWaiting, maxWaitingBytes } = this.options;
    return this.waiting.length >= maxWaiting || this.waitingBytes >= maxWaitingBytes;
  }

  /** Whether there is room for one more now. */
  private makeRoom(): boolean {
    const { overflow, hold, maxWaitingBytes, onDropped } = this.options;
    switch (overflow) {
      case 'drop-newest':
        return false;
      case 'drop-oldest':
        this.next();
        onDropped();
        return true;
      case 'block':
        this.release ??= hold();
        return this.waitingBytes < maxWaitingBytes + overshootBytes;
    }
  }

  private run(): void {
    const { gate } = this.options;
    this.isRunning = true;
    while (this.waiting.length > 0) {
      // What ends at once needs no leave.
      if (this.isSlow && !gate.hasRoom) {
        gate.wait(() => {
          this.run();
        });
        return;
      }
      const item = this.next();
      const handling = item === undefined ? undefined : this.handle(item);
      this.isSlow = handling instanceof Promise;
      // A wait for each message of a handler that does not wait would cost more than the rest.
      if (handling instanceof Promise) {
        void this.runAfter(handling);
        return;
      }
    }
    this.isRunning = false;
  }

  private async runAfter(handling: Promise<void>): Promise<void> {
    const { gate } = this.options;
    const begunAt = performance.now();
    gate.enter();
    await handling;
    gate.leave(performance.now() - begunAt);
    this.run();
  }

  private next(): T | undefined {
    const item = this.waiting.shift();
    if (item !== undefined) this.waitingBytes -= this.options.bytesOf(item);
    if (this.release !== undefined && !this.isFull) this.letGo();
    return item;
  }

  private letGo(): void {
    this.release?.();
    this.release = undefined;
  }
}
