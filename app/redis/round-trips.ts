export interface RoundTripTimes {
  readonly p50: number;
  readonly p99: number;
}

/** How long the last calls took. */
export class RoundTrips {
  private readonly lastMs: number[] = [];
  private next = 0;

  constructor(private readonly kept = 256) {}

  add(ms: number): void {
    this.lastMs[this.next] = ms;
    this.next = (this.next + 1) % this.kept;
  }

  /** In milliseconds; undefined when there was no call yet. */
  times(): RoundTripTimes | undefined {
    if (this.lastMs.length === 0) return undefined;
    const sorted = this.lastMs.toSorted((one, other) => one - other);
    return { p50: nearestRank(sorted, 0.5), p99: nearestRank(sorted, 0.99) };
  }
}

function nearestRank(sorted: readonly number[], share: number): number {
  const ms = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return Math.round(ms * 100) / 100;
}
