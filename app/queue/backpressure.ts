import { MoorlineError } from '../resilience/errors.js';
import type { QueueCounts } from './types.js';

/** One look at the line is no trend: so long it must have been too old, at every look. */
const intervalMs = 1_000;
/** Looks that lie further apart tell nothing of the time between them. */
const maxGapMs = 10_000;
const minRetryMs = 1_000;
const maxRetryMs = 60_000;

/** The age of the oldest ready job, when somebody looked. */
export interface AgeSample {
  readonly ageMs: number;
  readonly atMs: number;
}

export interface Pressure {
  readonly last: AgeSample;
  /** Since when every look found it too old. */
  readonly overSinceMs?: number;
}

/**
 * CoDel's rule for whom to send away, with the age of the queue in place of the delay of a packet: not who comes in a burst
 * that workers make good, only who comes to a line that stays too old.
 */
export function pressureAfter(before: Pressure | undefined, last: AgeSample, maxAgeMs: number): Pressure {
  if (last.ageMs <= maxAgeMs) return { last };
  const isRecent = before !== undefined && last.atMs - before.last.atMs <= maxGapMs;
  return { last, overSinceMs: (isRecent ? before.overSinceMs : undefined) ?? last.atMs };
}

/** After how long a producer should come again; undefined when it is welcome. */
export function retryAfterMs({ last, overSinceMs }: Pressure, maxAgeMs: number): number | undefined {
  if (overSinceMs === undefined || last.atMs - overSinceMs < intervalMs) return undefined;
  return Math.min(maxRetryMs, Math.max(minRetryMs, last.ageMs - maxAgeMs));
}

const sampleMs = 500;
/** Of so many queues the state is kept; beyond, that of the one looked at longest ago is dropped. */
const maxQueues = 1_000;

/** Sends producers away from queues whose line stays too old. */
export class Backpressure {
  private readonly pressures = new Map<string, Pressure>();
  private readonly looks = new Map<string, Promise<Pressure>>();

  constructor(private readonly counts: (queue: string) => Promise<Pick<QueueCounts, 'oldestReadyMs' | 'paused'>>) {}

  /** Rejects with `quota_exceeded` while the oldest ready job has waited for more than `maxAgeMs`. */
  async admit(queue: string, maxAgeMs: number): Promise<void> {
    const known = this.pressures.get(queue);
    const isFresh = known !== undefined && performance.now() - known.last.atMs < sampleMs;
    const pressure = isFresh ? known : await this.look(queue, maxAgeMs);
    const waitMs = retryAfterMs(pressure, maxAgeMs);
    if (waitMs === undefined) return;
    throw new MoorlineError(
      'quota_exceeded',
      `The oldest job in line waits for ${Math.round(pressure.last.ageMs)} ms, and the queue takes new ones while that is at most ` +
        `${maxAgeMs} ms (maxReadyAgeMs): send the same again later, or add workers`,
      // By chance longer: those who were sent away together do not come back together.
      { retryAfterMs: Math.round(waitMs * (1 + Math.random() / 2)) },
    );
  }

  /** Enqueues that come at the same time share one look. */
  private look(queue: string, maxAgeMs: number): Promise<Pressure> {
    const underWay = this.looks.get(queue);
    if (underWay !== undefined) return underWay;
    const look = this.lookAnew(queue, maxAgeMs).finally(() => this.looks.delete(queue));
    this.looks.set(queue, look);
    return look;
  }

  private async lookAnew(queue: string, maxAgeMs: number): Promise<Pressure> {
    const { oldestReadyMs, paused } = await this.counts(queue);
    // The line of a paused queue grows old on purpose.
    const last = { ageMs: paused ? 0 : oldestReadyMs, atMs: performance.now() };
    const pressure = pressureAfter(this.pressures.get(queue), last, maxAgeMs);
    this.pressures.delete(queue);
    this.pressures.set(queue, pressure);
    const [oldest] = this.pressures.keys();
    if (this.pressures.size > maxQueues && oldest !== undefined) this.pressures.delete(oldest);
    return pressure;
  }
}
