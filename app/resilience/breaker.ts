import { CircuitState, circuitBreaker, handleWhen, isBrokenCircuitError, type CircuitBreakerPolicy } from 'cockatiel';
import { LongOutage, type OutageLimits } from './long-outage.js';

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerOptions extends OutageLimits {
  /** After so long one call tries whether the other side serves again; the others are refused until it has an answer. */
  readonly openMs: number;
  /** Whether an error says that the other side cannot serve, rather than that the call was wrong. */
  readonly isFailure: (error: Error) => boolean;
  /** The error of a call that is refused. */
  readonly refusal: (retryAfterMs: number) => Error;
}

const stateNames: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};

/** Refuses calls at once while the other side is long out of service, instead of letting each wait for its deadline. */
export class Breaker {
  private policy: CircuitBreakerPolicy;
  private outage: LongOutage;
  private openedAtMs = 0;

  constructor(private readonly options: BreakerOptions) {
    this.outage = new LongOutage(options);
    this.policy = this.makePolicy();
  }

  get state(): BreakerState {
    return stateNames[this.policy.state];
  }

  /** Does the work, or rejects with the refusal. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    // The policy would let them wait for the call that tries, which may take its whole deadline.
    if (this.policy.state === CircuitState.HalfOpen) throw this.options.refusal(this.options.openMs);
    if (this.policy.state === CircuitState.Closed) return this.runClosed(work);
    try {
      return await this.policy.execute(work);
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      throw this.refuse();
    }
  }

  /** The other side is known to serve again. */
  reset(): void {
    this.policy = this.makePolicy();
  }

  /** The policy hears of each success, and gets the failures as work of its own: going through it costs more than a small call. */
  private async runClosed<T>(work: () => Promise<T>): Promise<T> {
    const { policy, outage } = this;
    try {
      const answer = await work();
      if (policy.state === CircuitState.Closed) outage.success(CircuitState.Closed);
      return answer;
    } catch (error) {
      if (policy.state === CircuitState.Closed) await policy.execute(() => Promise.reject(error as Error));
      throw error;
    }
  }

  private refuse(): Error {
    const { openMs, refusal } = this.options;
    const openForMs = performance.now() - this.openedAtMs;
    // The policy goes by the wall clock: set back by an hour, it would refuse for an hour.
    if (openForMs > 2 * openMs) this.reset();
    return refusal(Math.max(1, openMs - openForMs));
  }

  private makePolicy(): CircuitBreakerPolicy {
    const { isFailure, openMs } = this.options;
    this.outage = new LongOutage(this.options);
    const policy = circuitBreaker(handleWhen(isFailure), {
      breaker: this.outage,
      halfOpenAfter: openMs,
    });
    policy.onBreak(() => {
      this.openedAtMs = performance.now();
    });
    return policy;
  }
}
