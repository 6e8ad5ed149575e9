import { TimingWheel } from './timing-wheel.js';

export interface Beating {
  ping(): void;
  /** No pong came in time. */
  silent(): void;
}

const pingMs = 25_000;
const pongMs = 10_000;

/** Pings all connections of the process by one timer, and finds those that do not answer. */
export class Heartbeat<T extends Beating> {
  private readonly wheel = new TimingWheel<T>(pingMs, 25, (member) => {
    this.ping(member);
  });
  /** In the order of their pings. */
  private readonly waiting = new Map<T, number>();
  private timer: NodeJS.Timeout | undefined;

  add(member: T): void {
    this.wheel.add(member);
  }

  delete(member: T): void {
    this.wheel.delete(member);
    this.pong(member);
  }

  pong(member: T): void {
    this.waiting.delete(member);
  }

  private ping(member: T): void {
    member.ping();
    this.waiting.set(member, performance.now() + pongMs);
    this.timer ??= setInterval(() => {
      this.look();
    }, 1_000);
  }

  private look(): void {
    const now = performance.now();
    for (const [member, until] of this.waiting) {
      if (until > now) break;
      this.waiting.delete(member);
      member.silent();
    }
    if (this.waiting.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
