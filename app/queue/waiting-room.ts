import { callLimits } from './call-limits.js';
import type { Outlook } from './turn-call.js';

/** A longer timer would overflow, and fire at once. */
const maxTimerMs = 2 ** 31 - 1_000;
/** Timers of many processes for the same moment spread over so long. */
const jitterMs = 20;

/** A claim's place in the room: it keeps it over all its tries. */
export interface Place {
  readonly ticket: number;
  readonly max: number;
}

interface Sleeper extends Place {
  readonly wake: (turnToTry: boolean) => void;
}

/** The claims that wait for work of one queue, first come, first served. It decides who tries when; the tries are the callers'. */
export class WaitingRoom {
  private tickets = 0;
  private inside = 0;
  /** By their tickets. */
  private readonly sleepers: Sleeper[] = [];
  private rungMeanwhile = false;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;

  /** Somebody waits here, asleep or trying. */
  get isOccupied(): boolean {
    return this.inside > 0;
  }

  enter(max: number): Place {
    this.inside += 1;
    this.tickets += 1;
    return { ticket: this.tickets, max };
  }

  leave(): void {
    this.inside -= 1;
    if (this.inside === 0) this.stopTimer();
  }

  /** Resolves with true when it is this place's turn to try, with false when the time (may be infinite) is over or the signal aborted. */
  sleep(place: Place, ms: number, signal?: AbortSignal): Promise<boolean> {
    if (this.closed || ms <= 0 || signal?.aborted === true) return Promise.resolve(false);
    if (this.rungMeanwhile) {
      this.rungMeanwhile = false;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const end = (woken: boolean) => {
        clearTimeout(timeout);
        signal?.removeEventListener('abort', giveUp);
        this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
        resolve(woken);
      };
      const giveUp = () => {
        end(false);
      };
      const sleeper: Sleeper = {
        ...place,
        wake: end,
      };
      const timeout = Number.isFinite(ms) ? setTimeout(giveUp, ms) : undefined;
      signal?.addEventListener('abort', giveUp);
      const before = this.sleepers.findLastIndex(({ ticket }) => ticket < place.ticket);
      this.sleepers.splice(before + 1, 0, sleeper);
    });
  }

  /** There may be work: wakes the first sleepers, as many as one call can serve. */
  ring(): void {
    if (this.sleepers.length === 0) this.rungMeanwhile = this.isOccupied;
    for (const sleeper of firstOf(this.sleepers)) sleeper.wake(true);
  }

  /** Everybody's time is over. */
  close(): void {
    this.closed = true;
    this.stopTimer();
    for (const sleeper of [...this.sleepers]) sleeper.wake(false);
  }

  /** What a try has told about the queue. */
  learn({ left, nextWakeMs }: Outlook): void {
    if (left > 0) this.ring();
    this.stopTimer();
    if (nextWakeMs !== undefined && this.isOccupied && !this.closed) this.timer = this.startTimer(nextWakeMs);
  }

  private startTimer(ms: number): NodeJS.Timeout {
    return setTimeout(
      () => {
        this.timer = undefined;
        this.ring();
      },
      Math.min(ms, maxTimerMs) + 1 + Math.random() * jitterMs,
    );
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

function firstOf(sleepers: readonly Sleeper[]): readonly Sleeper[] {
  let claimed = 0;
  return sleepers.slice(0, callLimits.maxClaims).filter(({ max }, index) => {
    claimed += max;
    return index === 0 || claimed <= callLimits.maxClaimed;
  });
}
