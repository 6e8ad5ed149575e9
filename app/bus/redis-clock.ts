/** Clocks drift: a sample is replaced after so long even by one that took longer. */
const trustMs = 600_000;

/** What the clock of Redis says, for messages that carry its time. */
export class RedisClock {
  private offsetMs: number | undefined;
  private roundTripMs = Infinity;
  private sampledAt = 0;

  /** Redis said its time in an answer to what was asked then, by `performance.now()`. */
  note(redisMs: number, askedAt: number): void {
    const now = performance.now();
    const roundTripMs = now - askedAt;
    // A quick answer tells more than a slow one.
    if (roundTripMs > this.roundTripMs && now - this.sampledAt < trustMs) return;
    this.offsetMs = redisMs - (askedAt + roundTripMs / 2);
    this.roundTripMs = roundTripMs;
    this.sampledAt = now;
  }

  /** How long ago that was, in ms; undefined while the clock of Redis is not known. */
  since(redisMs: number): number | undefined {
    return this.offsetMs === undefined ? undefined : Math.max(0, performance.now() + this.offsetMs - redisMs);
  }
}
