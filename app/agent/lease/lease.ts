import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../log.js';
import { beforeDeadline, Deadline } from '../../resilience/deadline.js';
import { decideLease, observe, type Observed } from './lease-decision.js';
import type { LeaseState, LeaseStore } from './lease-store.js';

export interface LeaseOptions {
  readonly store: LeaseStore;
  /** Unique for each process. */
  readonly me: string;
  readonly log: Logger;
  readonly onChange: (isOurs: boolean) => void;
  /** @default 10 000 */
  readonly durationMs?: number;
  /** @default 2 000 */
  readonly renewMs?: number;
}

/** So much before others may take it this process stops to count on it: for a clock that runs slower, and for what is under way. */
const marginShare = 0.3;
const jitter = 0.2;

/** Whose turn it is: of several processes the one that holds the Lease acts. It tries for it from the moment it is made until `release`. */
export class Lease {
  private readonly closing = new AbortController();
  private readonly ended: Promise<void>;
  private observed: Observed | undefined;
  private validUntilMs = -Infinity;
  private readAtMs = -Infinity;
  private wasOurs = false;

  constructor(private readonly options: LeaseOptions) {
    this.ended = this.keepTrying();
  }

  /** How long it is surely this process's turn, 0 when it is not: nobody else acts before that is over. */
  get remainingMs(): number {
    return Math.max(0, this.validUntilMs - performance.now());
  }

  /** Whether it could be read, by now and lately: without that this process knows nothing. */
  get isKnown(): boolean {
    return performance.now() - this.readAtMs < this.durationMs * 2;
  }

  /** Ends the trying and gives the Lease back, so that another one goes on at once. Never rejects. */
  async release(): Promise<void> {
    this.closing.abort();
    await this.ended;
    if (this.remainingMs === 0) return;
    this.validUntilMs = -Infinity;
    this.report();
    await this.withinDeadline(() => this.giveBack());
  }

  private async keepTrying(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.withinDeadline(() => this.advance());
      this.report();
      const restMs = this.renewMs * (1 - jitter * Math.random());
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async withinDeadline(work: () => Promise<void>): Promise<void> {
    const deadline = Deadline.after(this.holdMs);
    try {
      await beforeDeadline(work(), deadline, () => new Error('the Kubernetes API does not answer'));
    } catch (error) {
      this.options.log.debug({ err: error }, 'the Lease cannot be read or written');
    }
  }

  private async advance(): Promise<void> {
    const { store, me } = this.options;
    const lease = await store.read();
    const nowMs = performance.now();
    this.readAtMs = nowMs;
    this.observed = observe(this.observed, lease.version, nowMs);
    const decision = decideLease(lease, me, this.observed, nowMs);
    if (decision === 'wait') {
      this.validUntilMs = -Infinity;
      return;
    }
    const isNew = decision === 'take';
    const next: LeaseState = {
      ...lease,
      holder: me,
      durationMs: this.durationMs,
      transitions: lease.transitions + (isNew ? 1 : 0),
      acquiredAt: isNew ? new Date() : lease.acquiredAt,
    };
    // Counted from before the write: whoever sees it counts from later on.
    if (await store.replace(next)) this.validUntilMs = nowMs + this.holdMs;
  }

  private async giveBack(): Promise<void> {
    const { store, me } = this.options;
    const lease = await store.read();
    if (lease.holder === me) await store.replace({ ...lease, holder: '' });
  }

  private report(): void {
    const isOurs = this.remainingMs > 0;
    if (isOurs === this.wasOurs) return;
    this.wasOurs = isOurs;
    this.options.onChange(isOurs);
  }

  private get holdMs(): number {
    return this.durationMs * (1 - marginShare);
  }

  private get durationMs(): number {
    return this.options.durationMs ?? 10_000;
  }

  private get renewMs(): number {
    return this.options.renewMs ?? 2_000;
  }
}
