interface Waiter {
  readonly most: number;
  readonly grant: (slots: number) => void;
}

export interface SlotsWait {
  /** 0 after giving up. */
  readonly granted: Promise<number>;
  /** Takes none, unless some were granted already. */
  readonly giveUp: () => void;
}

/** The jobs a worker may run at the same time, shared by its queues: whoever waits first gets the next one. */
export class Slots {
  private readonly waiters: Waiter[] = [];

  private free: number;

  constructor(private size: number) {
    this.free = size;
  }

  /** How many there are, taken or not. */
  get limit(): number {
    return this.size;
  }

  /** Fewer than are taken is fine: then nobody gets one until enough are given back. */
  resize(size: number): void {
    const more = size - this.size;
    this.size = size;
    this.release(more);
  }

  get isFull(): boolean {
    return this.free <= 0;
  }

  /** Waits for at least one slot and takes up to `most`. */
  acquire(most: number): SlotsWait {
    let giveUp = noWait;
    const granted = new Promise<number>((grant) => {
      if (this.free > 0) {
        grant(this.take(most));
        return;
      }
      const waiter: Waiter = { most, grant };
      this.waiters.push(waiter);
      giveUp = () => {
        const at = this.waiters.indexOf(waiter);
        if (at === -1) return;
        this.waiters.splice(at, 1);
        grant(0);
      };
    });
    return { granted, giveUp };
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
    const taken = Math.max(0, Math.min(most, this.free));
    this.free -= taken;
    return taken;
  }
}

function noWait(): void {}
