import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelayMs } from '../../resilience/backoff.js';
import { Deadline } from '../../resilience/deadline.js';
import { isMoorlineError } from '../../resilience/errors.js';
import { limits } from '../../queue/limits.js';
import type { ClaimRequest } from '../../queue/types.js';
import { unconfirmedAmong } from '../../queue/settlement.js';
import { timeLimitOf } from '../../queue/time-limit.js';
import type { Backend, Delivery, Settled, Settlement } from '../types.js';
import { Bell } from './bell.js';
import { LeaseRenewal } from './lease-renewal.js';
import { jobOf, Run, type Handler } from './run.js';

export type { Handler, JobContext } from './run.js';

export interface WorkerOptions {
  /** Jobs at the same time. @default 10 */
  readonly concurrency?: number;
  /** A job whose worker is silent for so long is given to another. @default 30 000 */
  readonly leaseMs?: number;
  /** How long a handler may take, unless the job says otherwise. @default 60 000 */
  readonly timeoutMs?: number;
  /** For people. @default made of host and process */
  readonly name?: string;
  /** Told of calls that failed; those that may help are tried again. @default a warning of the process */
  readonly onError?: (error: unknown) => void;
}

/** One request waits so long for work; then it asks again. */
const pollMs = 20_000;
const maxSettlementsPerCall = 500;
const retryBackoff = { firstMs: 100, maxMs: 2_000 };
/** Telling what became of the last jobs takes no longer when the worker closes; then their leases expire instead. */
const lastSettlementsMs = 5_000;

/**
 * Claims and does the jobs of one queue from the moment it is made until `close`. One request waits for work; what is finished is
 * settled in batches, which fetch the next jobs in the same trip while there are any.
 */
export class QueueWorker {
  /** Resolves when it has closed; rejects when it ended by itself, because the server refuses it. */
  readonly closed: Promise<void>;
  private readonly runs = new Set<Run>();
  private readonly outbox: Settlement[] = [];
  private readonly changed = new Bell();
  private readonly closing = new AbortController();
  private readonly options: Required<WorkerOptions>;
  /** Slots that a claim under way may fill. */
  private reserved = 0;
  private isSettling = false;
  private lastSettlements: Deadline | undefined;
  private refusal: unknown;

  constructor(
    private readonly queue: string,
    private readonly backend: Backend,
    private readonly handler: Handler<unknown>,
    options: WorkerOptions,
  ) {
    const { concurrency = 10, leaseMs = 30_000, timeoutMs = 60_000 } = options;
    const { name = `${hostname()}-${process.pid}`, onError = warn } = options;
    this.options = { concurrency, leaseMs, timeoutMs, name, onError };
    this.closed = this.serve();
  }

  /**
   * Claims no more, lets jobs at work go on for `graceMs`, then ends them by their signals and hands them back, so that another worker
   * has them at once.
   */
  async close({ graceMs = 10_000 }: { readonly graceMs?: number } = {}): Promise<void> {
    this.closing.abort('closing');
    this.changed.ring();
    const impatience = setTimeout(() => {
      this.handBack();
    }, graceMs);
    await this.closed.catch(() => undefined);
    clearTimeout(impatience);
  }

  private async serve(): Promise<void> {
    const { leaseMs, onError } = this.options;
    const extend = this.backend.extend.bind(this.backend);
    const renewal = new LeaseRenewal(this.runs, leaseMs, (all) => extend(this.queue, all, leaseMs), onError);
    await Promise.all([this.claimAll(), this.settleAll()]);
    renewal.stop();
    if (this.refusal !== undefined) throw this.refusal as Error;
  }

  private async claimAll(): Promise<void> {
    const { signal } = this.closing;
    for (let failures = 0; !signal.aborted;) {
      // What is settled first fetches the next jobs in the same trip.
      if (this.free === 0 || this.isSettling || this.outbox.length > 0) {
        await this.changed.wait();
        continue;
      }
      try {
        await this.fill((max) => this.backend.claim(this.queue, { ...this.claimOf(max), waitMs: pollMs, signal }));
        failures = 0;
      } catch (error) {
        this.note(error);
        await sleep(backoffDelayMs(failures++, retryBackoff), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async settleAll(): Promise<void> {
    for (let failures = 0; !this.closing.signal.aborted || this.runs.size > 0 || this.outbox.length > 0;) {
      if (this.outbox.length === 0) {
        await this.changed.wait();
        continue;
      }
      // What finishes in the same tick is settled by the same call.
      await new Promise<void>((resolve) => {
        process.nextTick(resolve);
      });
      const settlements = this.outbox.splice(0, maxSettlementsPerCall);
      this.isSettling = true;
      try {
        await this.settle(settlements);
        failures = 0;
      } catch (error) {
        this.keepForLater(settlements, error);
        await sleep(backoffDelayMs(failures++, retryBackoff));
      }
      this.isSettling = false;
      this.changed.ring();
    }
  }

  private async settle(settlements: readonly Settlement[]): Promise<void> {
    if (this.closing.signal.aborted || this.free === 0) await this.send(settlements);
    else await this.fill(async (max) => (await this.send(settlements, this.claimOf(max))).jobs);
  }

  private async send(settlements: readonly Settlement[], claim?: ClaimRequest): Promise<Settled> {
    const settled = await this.backend.settle(this.queue, settlements, claim);
    if (this.lastSettlements?.isPast !== true) this.outbox.unshift(...unconfirmedAmong(settlements, settled.rejected));
    return settled;
  }

  /** Claims for the free slots and begins what it gets. */
  private async fill(claim: (max: number) => Promise<readonly Delivery[]>): Promise<void> {
    const max = Math.min(this.free, limits.maxClaim);
    this.reserved += max;
    try {
      for (const delivery of await claim(max)) this.begin(delivery);
    } finally {
      this.reserved -= max;
      this.changed.ring();
    }
  }

  private begin(delivery: Delivery): void {
    const { leaseMs, timeoutMs } = this.options;
    const limit = timeLimitOf(delivery, { leaseMs, timeoutMs });
    const publish = this.backend.publish.bind(this.backend);
    const run = new Run(jobOf(this.queue, delivery), { leaseMs, timeoutMs: limit, publish });
    this.runs.add(run);
    if (this.closing.signal.aborted) run.end('closing');
    void this.finish(run);
  }

  private async finish(run: Run): Promise<void> {
    const settlement = await run.settlement(this.handler);
    this.runs.delete(run);
    if (settlement !== undefined) this.outbox.push(settlement);
    this.changed.ring();
  }

  private handBack(): void {
    this.lastSettlements = Deadline.after(lastSettlementsMs);
    for (const run of this.runs) run.end('closing');
  }

  /** The same settlement twice is no harm, so a lost answer is no loss. */
  private keepForLater(settlements: readonly Settlement[], error: unknown): void {
    this.note(error);
    if (isRetryable(error) && this.lastSettlements?.isPast !== true) this.outbox.unshift(...settlements);
  }

  private note(error: unknown): void {
    this.options.onError(error);
    if (isRetryable(error) || this.closing.signal.aborted) return;
    this.refusal = error;
    this.closing.abort('closing');
    this.handBack();
    this.changed.ring();
  }

  private claimOf(max: number): ClaimRequest {
    return { max, leaseMs: this.options.leaseMs, worker: this.options.name };
  }

  private get free(): number {
    return Math.max(0, this.options.concurrency - this.runs.size - this.reserved);
  }
}

const isRetryable = (error: unknown): boolean => isMoorlineError(error) && error.retryable;

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), { code: 'MOORLINE_WORKER' });
}
