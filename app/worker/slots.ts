interface Waiter {
  readonly most: number;
  readonly grant: (slots: number) => void;
}

/** The jobs a worker may run at the same time, shared by its queues: whoever waits first gets the next one. */
export class Slots {
  private readonly waiters: Waiter[] = [];

  constructor(private free: number) {}

  get isFull(): boolean {
    return this.free <= 0;
  }

  /** Waits for at least one slot and takes up to `most`; takes none (0) when `signal` fires before one is free. */
  acquire(most: number, signal: AbortSignal): Promise<number> {
    if (this.free > 0) return Promise.resolve(this.take(most));
    if (signal.aborted) return Promise.resolve(0);
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        resolve(0);
      };
      const waiter: Waiter = {
        most,
        grant: (slots) => {
          signal.removeEventListener('abort', giveUp);
          resolve(slots);
        },
      };
      this.waiters.push(waiter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  release(slots: number): void {
    this.free += slots;
    while (this.free > 0) {
      const waiter = this.waiters.shift();
      if (waiter === undefined) return;
      waiter.grant(this.take(waiter.most));
    }
  }

  /** Takes up to `most` of those that are free now. Whoever waits has been served before. */
  take(most: number): number {
    const taken = Math.min(most, this.free);
    this.free -= taken;
    return taken;
  }
}
