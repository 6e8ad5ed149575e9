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
const jitter = 0.2;

/** Does each chore now and then, while it is this agent's turn. */
export class Chores {
  private readonly timers: NodeJS.Timeout[];
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly options: ChoresOptions) {
    this.timers = options.chores.map((chore) =>
      setInterval(
        () => {
          const run = this.doOne(chore).finally(() => this.running.delete(run));
          this.running.add(run);
        },
        chore.everyMs * (1 + jitter * Math.random()),
      ),
    );
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.running);
  }

  private async doOne(chore: Chore): Promise<void> {
    const { remainingMs, log, onDone } = this.options;
    if (remainingMs() < choreMs) return;
    try {
      await chore.run();
      onDone('done');
    } catch (error) {
      onDone('failed');
      log.debug({ err: error, chore: chore.name }, 'a chore failed; it comes again');
    }
  }
}
