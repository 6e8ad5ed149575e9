/** Where the functions ring, with the key of the doorbell as message. */
export const bellChannel = 'moorline:bell';

/** Rings that nobody waited for yet, of so many queues; of more the oldest are forgotten, which costs time and no job. */
const maxRemembered = 10_000;

/**
 * The doorbells of a cluster. One blocking call cannot span its slots, so there a ring is a message that every process hears;
 * this keeps what rang between two waits.
 */
export class Bell {
  private readonly rung = new Set<string>();
  private missed = false;
  private waiting: { readonly keys: ReadonlySet<string>; readonly end: (key: string | undefined) => void } | undefined;

  /** The doorbell with this key rang. */
  ring(key: string): void {
    if (this.waiting?.keys.has(key) === true) {
      this.waiting.end(key);
      return;
    }
    this.rung.delete(key);
    this.rung.add(key);
    for (const oldest of this.rung) {
      if (this.rung.size <= maxRemembered) break;
      this.rung.delete(oldest);
    }
  }

  /** Rings may have been missed: whoever waits, now or next, is to look for himself. */
  miss(): void {
    this.missed = this.waiting === undefined;
    this.wake();
  }

  /** The key that rang; undefined when none did, when rings were missed and when the wait was ended. One wait at a time. */
  wait(keys: readonly string[], blockMs: number): Promise<string | undefined> {
    if (this.missed) {
      this.missed = false;
      return Promise.resolve(undefined);
    }
    const key = keys.find((one) => this.rung.delete(one));
    if (key !== undefined) return Promise.resolve(key);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        end(undefined);
      }, blockMs);
      const end = (one: string | undefined) => {
        clearTimeout(timer);
        this.waiting = undefined;
        resolve(one);
      };
      this.waiting = { keys: new Set(keys), end };
    });
  }

  /** Ends the wait of now, if there is one. */
  wake(): void {
    this.waiting?.end(undefined);
  }
}
