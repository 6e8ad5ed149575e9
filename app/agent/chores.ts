import type { Logger } from '../log.js';

/** Something that the messaging side leaves behind now and then, and one process of the release sweeps. */
export interface Chore {
  readonly name: string;
  readonly everyMs: number;
  /** Bounded in time and in what it touches, and does no harm when it is done twice at the same time. */
  run(): Promise<void>;
}

export interface ChoresOptions {
  readonly chores: readonly Chore[];
  /** How long it is surely this agent's turn. */
  readonly remainingMs: () => number;
  readonly log: Logger;
  readonly onDone: (outcome: 'done' | 'failed') => void;
}

/** A chore is not begun when the turn may end before it does. */
const choreMs = 5_000;
/** Whoever has just got the turn does not wait for a chore's whole interval, or short turns would leave it undone. */
const firstMs = 10_000;
const jitter = 0.2;

/** Does each chore soon and then now and then, while it is this agent's turn. */
export class Chores {
  private readonly timers = new Map<Chore, NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private isStopped = false;

  constructor(private readonly options: ChoresOptions) {
    for (const chore of options.chores) this.plan(chore, firstOf(chore));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.all(this.running);
  }

  private plan(chore: Chore, ms: number): void {
    if (this.isStopped) return;
    const timer = setTimeout(
      () => {
        const run = this.doOne(chore).then((isDone) => {
          this.running.delete(run);
          this.plan(chore, isDone ? chore.everyMs : firstOf(chore));
        });
        this.running.add(run);
      },
      ms * (1 + jitter * Math.random()),
    );
    this.timers.set(chore, timer);
  }

  /** False when it is not this agent's turn. */
  private async doOne(chore: Chore): Promise<boolean> {
    const { remainingMs, log, onDone } = this.options;
    if (remainingMs() < choreMs) return false;
    try {
      await chore.run();
      onDone('done');
    } catch (error) {
      onDone('failed');
      log.debug({ err: error, chore: chore.name }, 'a chore failed; it comes again');
    }
    return true;
  }
}

const firstOf = ({ everyMs }: Chore): number => Math.min(firstMs, everyMs);
