import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelayMs } from '../resilience/backoff.js';
import type { Deadline } from '../resilience/deadline.js';

/** What a keeper keeps: something that is open until it has closed, and then stays closed. */
export interface Closable {
  readonly isOpen: boolean;
  /** Resolves with the reason. */
  readonly closed: Promise<string>;
  drop(reason: string): void;
}

export interface KeeperEvents<C> {
  readonly onOpen?: (opened: C) => void;
  /** It closed, or the try to open failed for another reason than the one before; `reason` is for people. */
  readonly onDown?: (reason: string) => void;
}

/** A connection that lasted so long was a good one: the next outage starts with short waits again. */
const goodAfterMs = 1_000;

/** Keeps one connection open for as long as the process lives: opens it, waits for its end, opens the next one. */
export class Keeper<C extends Closable> {
  reconnects = -1;
  lastError: string | undefined;
  lastErrorAtMs: number | undefined;
  private opened: C | undefined;
  private closing = false;
  private reported: string | undefined;
  private inHurry = false;
  private pause = new AbortController();
  private readonly waiters = new Set<(opened: C | undefined) => void>();
  private readonly ended: Promise<void>;

  constructor(
    private readonly open: () => Promise<C>,
    private readonly events: KeeperEvents<C> = {},
  ) {
    this.ended = this.keep();
  }

  get status(): 'ready' | 'connecting' | 'reconnecting' | 'closed' {
    if (this.closing) return 'closed';
    if (this.current !== undefined) return 'ready';
    return this.reconnects < 0 ? 'connecting' : 'reconnecting';
  }

  get current(): C | undefined {
    return this.opened?.isOpen === true ? this.opened : undefined;
  }

  /** The open connection, or the next one that opens; undefined when there is none at the deadline, or none any more. */
  next(deadline: Deadline): Promise<C | undefined> {
    if (this.current !== undefined || this.closing) return Promise.resolve(this.current);
    return new Promise((resolve) => {
      const settle = (opened: C | undefined) => {
        clearTimeout(timer);
        this.waiters.delete(settle);
        resolve(opened);
      };
      const timer = setTimeout(settle, deadline.remainingMs, undefined);
      this.waiters.add(settle);
    });
  }

  /** The next try comes at once. */
  hurry(): void {
    this.inHurry = this.current === undefined;
    this.pause.abort();
  }

  /** Resolves when the connection has ended, which its `drop` promises to be soon. */
  async close(reason: string): Promise<void> {
    this.closing = true;
    this.opened?.drop(reason);
    this.hurry();
    this.wake(undefined);
    await this.ended;
  }

  private async keep(): Promise<void> {
    let attempt = 0;
    let downSince = performance.now();
    while (!this.isClosing()) {
      const opened = await this.tryOpen();
      if (opened !== undefined) {
        const openedAt = performance.now();
        this.use(opened);
        this.note(await opened.closed);
        this.opened = undefined;
        downSince = performance.now();
        if (downSince - openedAt >= goodAfterMs) attempt = 0;
      }
      await this.rest(reconnectDelayMs(attempt, performance.now() - downSince));
      attempt += 1;
    }
  }

  private async tryOpen(): Promise<C | undefined> {
    try {
      return await this.open();
    } catch (error) {
      this.note((error as Error).message);
      return undefined;
    }
  }

  private use(opened: C): void {
    if (this.isClosing()) opened.drop('closing');
    this.opened = opened;
    this.reconnects += 1;
    this.reported = undefined;
    this.inHurry = false;
    this.wake(opened);
    this.events.onOpen?.(opened);
  }

  private note(reason: string): void {
    if (this.isClosing()) return;
    this.lastError = reason;
    this.lastErrorAtMs = Date.now();
    if (reason === this.reported) return;
    this.reported = reason;
    this.events.onDown?.(reason);
  }

  private wake(opened: C | undefined): void {
    for (const settle of [...this.waiters]) settle(opened);
  }

  private async rest(ms: number): Promise<void> {
    if (this.isClosing()) return;
    const skip = this.inHurry;
    this.inHurry = false;
    if (skip) return;
    this.pause = new AbortController();
    await sleep(ms, undefined, { signal: this.pause.signal }).catch(() => undefined);
  }

  /** A method, since `closing` changes while the loop awaits. */
  private isClosing(): boolean {
    return this.closing;
  }
}

/** A failover is over in seconds: knock often at first. Whoever stays away longer must not be drowned in knocks. */
export function reconnectDelayMs(attempt: number, outageMs: number, random?: number): number {
  return backoffDelayMs(attempt, { firstMs: 50, maxMs: outageMs < 30_000 ? 500 : 5_000 }, random);
}
