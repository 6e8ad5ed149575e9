import type { Pending, PendingTask } from './pending.js';

export interface LookoutOptions {
  readonly pending: Pending;
  /** Asks the queue about a task. Never rejects. */
  readonly look: (task: PendingTask) => Promise<void>;
  /** Removes what others have left behind. */
  readonly sweep: () => Promise<unknown>;
}

/** An answer that has not come for so long is looked for: it may be lost. */
const lookEveryMs = 5_000;
const tickMs = 1_000;
const sweepEveryMs = 60_000;
const atOnce = 20;

/** Looks after tasks that are waited for, as long as there are any: answers that got lost are found. */
export class Lookout {
  private timer: NodeJS.Timeout | undefined;
  private sweptAtMs = -Infinity;
  private isLooking = false;

  constructor(private readonly options: LookoutOptions) {}

  /** A task is waited for. */
  start(): void {
    this.timer ??= setTimeout(() => void this.tick(), tickMs);
  }

  /** Answers may have been missed. */
  lookAtAll(): void {
    void this.look(this.options.pending.all);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async tick(): Promise<void> {
    const { pending, sweep } = this.options;
    const longAgo = performance.now() - lookEveryMs;
    await this.look(pending.all.filter(({ lookedAtMs }) => lookedAtMs < longAgo));
    if (performance.now() - this.sweptAtMs > sweepEveryMs) {
      this.sweptAtMs = performance.now();
      await sweep().catch(() => undefined);
    }
    if (this.timer === undefined) return;
    this.timer = undefined;
    if (pending.size > 0) this.start();
  }

  /** A few at a time: thousands may wait. */
  private async look(tasks: readonly PendingTask[]): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const left = [...tasks];
    const lookOn = async (): Promise<void> => {
      for (let task = left.pop(); task !== undefined; task = left.pop()) {
        if (task.isOpen) await this.options.look(task);
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, left.length) }, lookOn));
    this.isLooking = false;
  }
}
