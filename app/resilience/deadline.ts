/** A point in time by which something must have happened; unmoved by changes of the wall clock. */
export class Deadline {
  private constructor(private readonly atMs: number) {}

  static after(ms: number): Deadline {
    return new Deadline(performance.now() + ms);
  }

  /** Never below 0. */
  get remainingMs(): number {
    return Math.max(0, this.atMs - performance.now());
  }

  get isPast(): boolean {
    return this.remainingMs === 0;
  }
}

/** Settles as `work` does, or rejects with `onTimeout()` at the deadline. What `work` does later is ignored. */
export function beforeDeadline<T>(work: Promise<T>, deadline: Deadline, onTimeout: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(onTimeout());
    }, deadline.remainingMs);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
