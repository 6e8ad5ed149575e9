import type { RedisConnections } from '../redis/types.js';

const everyMs = 60_000;
/** Clocks drift: a sample is replaced after so long even by one that took longer. */
const trustMs = 600_000;

/** What the clock of Redis says, for messages that carry its time. */
export class RedisClock {
  private offsetMs: number | undefined;
  private roundTripMs = Infinity;
  private sampledAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly connections: Pick<RedisConnections, 'command'>) {}

  /** Keeps asking; until the first answer nothing is known. */
  start(): void {
    if (this.timer !== undefined) return;
    void this.ask();
    this.timer = setInterval(() => void this.ask(), everyMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** How long ago that was, in ms; undefined while the offset is not known. */
  since(redisMs: number): number | undefined {
    return this.offsetMs === undefined ? undefined : Math.max(0, Date.now() + this.offsetMs - redisMs);
  }

  private async ask(): Promise<void> {
    const [sentAt, startedAt] = [Date.now(), performance.now()];
    const reply = await this.connections.command(['TIME']).catch(() => undefined);
    if (reply === undefined) return;
    const [seconds, microseconds] = (reply as Buffer[]).map(Number) as [number, number];
    const roundTripMs = performance.now() - startedAt;
    // A quick answer tells more than a slow one.
    if (roundTripMs > this.roundTripMs && startedAt - this.sampledAt < trustMs) return;
    this.offsetMs = seconds * 1_000 + microseconds / 1_000 - (sentAt + roundTripMs / 2);
    this.roundTripMs = roundTripMs;
    this.sampledAt = startedAt;
  }
}
