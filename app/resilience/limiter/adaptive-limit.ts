import { nextLimit, type LimitBounds } from './aimd.js';
import { EventLoopMeter } from './event-loop-load.js';

export interface AdaptiveLimitOptions extends LimitBounds {
  readonly first: number;
  readonly roundMs: number;
  /** Work under way now. */
  readonly inFlight: () => number;
  /** Called when the limit changes. */
  readonly apply: (limit: number) => void;
}

/** So often within a round the work under way is counted: what is short must not slip through. */
const looksPerRound = 10;

/** A limit on work at the same time that finds itself: see `nextLimit`. */
export class AdaptiveLimit {
  private readonly meter = new EventLoopMeter();
  private readonly timer: NodeJS.Timeout;
  private limit: number;
  private looks = 0;
  private peak = 0;
  private succeeded = 0;
  private failed = 0;
  private renewedLate = false;

  constructor(private readonly options: AdaptiveLimitOptions) {
    this.limit = Math.min(options.max, Math.max(options.min, options.first));
    this.timer = setInterval(() => {
      this.look();
    }, options.roundMs / looksPerRound);
    this.timer.unref();
  }

  /** Whole; the fraction is kept, so that a small limit can shrink and grow in small steps. */
  get current(): number {
    return Math.floor(this.limit);
  }

  /** So much work came to its end. */
  ended(succeeded: number, failed: number): void {
    this.succeeded += succeeded;
    this.failed += failed;
  }

  renewalWasLate(): void {
    this.renewedLate = true;
  }

  stop(): void {
    clearInterval(this.timer);
    this.meter.stop();
  }

  private look(): void {
    this.peak = Math.max(this.peak, this.options.inFlight());
    this.looks += 1;
    if (this.looks >= looksPerRound) this.endRound();
  }

  private endRound(): void {
    const { current, peak: inFlight, succeeded, failed, renewedLate } = this;
    // What came to its end between two looks was under way, too.
    const seen = Math.max(inFlight, Math.min(current, succeeded + failed));
    const round = { inFlight: seen, succeeded, failed, renewedLate, ...this.meter.read() };
    this.limit = nextLimit(this.limit, round, this.options);
    this.looks = this.peak = this.succeeded = this.failed = 0;
    this.renewedLate = false;
    if (this.current !== current) this.options.apply(this.current);
  }
}
