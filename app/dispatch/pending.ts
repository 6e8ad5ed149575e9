import type { Deadline } from '../resilience/deadline.js';
import { MoorlineError } from '../resilience/errors.js';
import type { Ending } from './answer.js';

const maxPending = 10_000;

/** A task whose caller waits. */
export class PendingTask {
  readonly sinceMs = performance.now();
  /** When the queue was asked for it last. */
  lookedAtMs = this.sinceMs;
  /** The queue has it: if it does not know it then, it never will. */
  isStored = false;
  /** Settles when it has it, or does not get it. */
  storing: Promise<void> = Promise.resolve();
  isOpen = true;
  readonly ending: Promise<Ending>;
  private resolve!: (ending: Ending) => void;
  private reject!: (error: Error) => void;

  constructor(
    readonly queue: string,
    readonly id: string,
    readonly deadline: Deadline,
  ) {
    this.ending = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** The first ending counts. */
  settle(ending: Ending): void {
    this.isOpen = false;
    this.resolve(ending);
  }

  fail(error: Error): void {
    this.isOpen = false;
    this.reject(error);
  }
}

/** The tasks whose callers wait in this process, by their ids. Those who ask for the same id at the same time wait for the same task. */
export class Pending {
  private readonly tasks = new Map<string, PendingTask[]>();
  private count = 0;
  private idlers: (() => void)[] = [];

  get size(): number {
    return this.count;
  }

  get all(): readonly PendingTask[] {
    return [...this.tasks.values()].flat();
  }

  of(id: string): readonly PendingTask[] {
    return this.tasks.get(id) ?? [];
  }

  add(task: PendingTask): void {
    if (this.count >= maxPending) throw tooMany();
    const same = this.tasks.get(task.id);
    if (same === undefined) this.tasks.set(task.id, [task]);
    else same.push(task);
    this.count += 1;
  }

  /** Of a task that was added. */
  remove(task: PendingTask): void {
    const same = this.of(task.id).filter((one) => one !== task);
    if (same.length === 0) this.tasks.delete(task.id);
    else this.tasks.set(task.id, same);
    this.count -= 1;
    if (this.count > 0) return;
    for (const idle of this.idlers) idle();
    this.idlers = [];
  }

  /** Resolves when nobody waits any more. */
  idle(): Promise<void> {
    if (this.count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.idlers.push(resolve);
    });
  }
}

const tooMany = (): MoorlineError =>
  new MoorlineError(
    'quota_exceeded',
    `Expected at most ${maxPending} tasks that are waited for in this process. Ask another one, or without waiting.`,
    { retryAfterMs: 1_000 },
  );
