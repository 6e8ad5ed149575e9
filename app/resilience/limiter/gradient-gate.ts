import type { LimitBounds } from './aimd.js';
import { nextGradient, type GradientState } from './gradient.js';

export interface GateOptions extends LimitBounds {
  readonly first: number;
}

/** Lets so much work be under way at the same time as it seems to bear; the number follows how long the work takes. */
export class GradientGate {
  private state: GradientState;
  private running = 0;
  /** In the order in which they came. */
  private readonly waiting = new Set<() => void>();

  constructor(private readonly options: GateOptions) {
    this.state = { limit: options.first };
  }

  get limit(): number {
    return Math.floor(this.state.limit);
  }

  get inFlight(): number {
    return this.running;
  }

  get hasRoom(): boolean {
    return this.running < this.limit;
  }

  /** One that begins without asking whether there is room counts, too. */
  enter(): void {
    this.running += 1;
  }

  /** What entered has ended after so long. */
  leave(tookMs: number): void {
    this.state = nextGradient(this.state, tookMs, this.running, this.options);
    this.running -= 1;
    while (this.hasRoom) {
      const [next] = this.waiting;
      if (next === undefined) return;
      this.waiting.delete(next);
      next();
    }
  }

  /** Called once when there is room. */
  wait(onRoom: () => void): void {
    this.waiting.add(onRoom);
  }
}
