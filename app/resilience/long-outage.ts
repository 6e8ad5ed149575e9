import { CircuitState, SamplingBreaker, type IBreaker } from 'cockatiel';

export interface OutageLimits {
  /** The calls of so long ago are looked at. */
  readonly sampleMs: number;
  /** Fewer calls than this prove nothing. */
  readonly leastCalls: number;
  /** Of these calls more than this share must have failed, from 0 to 1. */
  readonly failedShare: number;
  /** And it must have been so for so long: what is over sooner is a delay, not an outage. */
  readonly patienceMs: number;
}

/** Tells an outage from a failover: most calls fail, and have failed for longer than a failover takes. */
export class LongOutage implements IBreaker {
  private readonly sampling: SamplingBreaker;
  private failingSinceMs: number | undefined;

  constructor(private readonly limits: OutageLimits) {
    const { failedShare, sampleMs, leastCalls } = limits;
    const minimumRps = leastCalls / (sampleMs / 1000);
    this.sampling = new SamplingBreaker({ threshold: failedShare, duration: sampleMs, minimumRps });
  }

  get state(): unknown {
    return this.sampling.state;
  }

  set state(state: unknown) {
    this.sampling.state = state;
  }

  success(state: CircuitState): void {
    this.sampling.success(state);
  }

  failure(state: CircuitState): boolean {
    const mostFail = this.sampling.failure(state);
    if (!mostFail) this.failingSinceMs = undefined;
    else this.failingSinceMs ??= performance.now();
    return state !== CircuitState.Closed || this.hasFailedFor(this.limits.patienceMs);
  }

  private hasFailedFor(ms: number): boolean {
    return this.failingSinceMs !== undefined && performance.now() - this.failingSinceMs >= ms;
  }
}
