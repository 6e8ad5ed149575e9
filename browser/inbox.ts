/** What has come and waits for its reader: the end of a `for await`. Whoever fills it bounds it. */
export class Inbox<T extends object> implements AsyncIterableIterator<T> {
  readonly waiting: T[] = [];
  private readonly readers: Reader<T>[] = [];
  private isOver = false;
  private error: Error | undefined;

  /** `onTaken` is called when there is more room, `onLeft` when the reader goes before the end. */
  constructor(
    private readonly onTaken: () => void,
    private readonly onLeft: () => void,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    const item = this.waiting.shift();
    if (item !== undefined) {
      this.onTaken();
      return Promise.resolve({ done: false, value: item });
    }
    if (!this.isOver) return new Promise((resolve, reject) => this.readers.push({ resolve, reject }));
    const { error } = this;
    this.error = undefined;
    return error === undefined ? Promise.resolve(nothing) : Promise.reject(error);
  }

  return(): Promise<IteratorResult<T>> {
    this.waiting.length = 0;
    this.end();
    this.onLeft();
    return Promise.resolve(nothing);
  }

  push(item: T): void {
    const reader = this.readers.shift();
    if (reader === undefined) this.waiting.push(item);
    else reader.resolve({ done: false, value: item });
  }

  /** No more will come; what waits can still be taken. An error is thrown at the reader after it. */
  end(error?: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    const [first, ...others] = this.readers.splice(0);
    if (first === undefined) this.error = error;
    else if (error === undefined) first.resolve(nothing);
    else first.reject(error);
    for (const { resolve } of others) resolve(nothing);
  }
}

interface Reader<T> {
  readonly resolve: (result: IteratorResult<T>) => void;
  readonly reject: (error: Error) => void;
}

const nothing = { done: true, value: undefined } as const;
