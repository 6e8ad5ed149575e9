import { setTimeout as sleep } from 'node:timers/promises';
import { endStream, type PublishChunks } from '../dispatch/task-streams.js';
import type { Logger } from '../log.js';
import { limits } from '../queue/limits.js';
import type { Outcome } from '../queue/outcome.js';
import { unconfirmedAmong } from '../queue/settlement.js';
import { timeLimitOf } from '../queue/time-limit.js';
import type { ClaimedJob, ClaimRequest, Queues, SettleResult } from '../queue/types.js';
import { backoffDelayMs } from '../resilience/backoff.js';
import { isMoorlineError } from '../resilience/errors.js';
import { Delivery } from './delivery.js';
import { Outbox, settleRequest, type Settlement } from './outbox.js';
import { Running } from './running.js';
import type { Slots } from './slots.js';
import type { Executor } from './types.js';
import type { WorkerMetrics } from './worker-metrics.js';

export interface ConsumerOptions {
  readonly queue: string;
  readonly execute: Executor;
  readonly queues: Queues;
  readonly slots: Slots;
  readonly workerName: string;
  readonly leaseMs: number;
  readonly jobTimeoutMs: number;
  /** To the streams of tasks. @default they have none here */
  readonly publish?: PublishChunks;
  readonly log: Logger;
  readonly metrics: WorkerMetrics;
  /** Told once a turn how jobs ended. */
  readonly onEnded?: (succeeded: number, failed: number) => void;
}

const maxSettlementsPerTurn = 500;
const nothing: SettleResult = { accepted: 0, rejected: [], jobs: [] };
const retryBackoff = { firstMs: 100, maxMs: 1_000 };

/** Serves one queue. One call at a time settles what is finished and claims what there is room for. */
export class Consumer {
  readonly running = new Running();
  private readonly outbox = new Outbox();
  private stopping = false;
  private failedTurns = 0;
  /** How many slots to ask for: one to look with, all there are once a full claim has shown that there is more. */
  private appetite = 1;
  /** Ends the wait of now, for slots or for work: there is something to settle, or this is to stop. */
  private wake = noWait;
  /** Jobs by outcome, told to the metrics once a turn: for each job it would cost more than the rest of its bookkeeping. */
  private readonly finished = new Map<string, number>();

  constructor(readonly options: ConsumerOptions) {}

  /** Resolves once it was told to stop and all that it had begun is settled. */
  async run(): Promise<void> {
    while (!this.stopping || this.running.size > 0 || !this.outbox.isEmpty) {
      try {
        await this.turn();
        this.failedTurns = 0;
      } catch (error) {
        this.options.log.warn({ err: error, queue: this.options.queue }, 'Redis cannot be asked; trying again');
        await sleep(backoffDelayMs(this.failedTurns++, retryBackoff));
      }
    }
  }

  /** No new jobs; those at work go on. */
  stop(): void {
    this.stopping = true;
    this.wake();
  }

  /** Ends the jobs at work and hands them back, so that another worker has them at once. */
  handBack(): void {
    for (const delivery of this.running) delivery.end('stopping');
  }

  private async turn(): Promise<void> {
    const granted = await this.slotsOrWork();
    // Jobs that finish in the same tick are settled by the same call, and the slots they leave are filled by it.
    if (this.running.size > 0) await nextTick();
    const slots = granted === 0 ? 0 : granted + this.options.slots.take(this.appetite - granted);
    const { jobs, nextWakeMs } = await this.fill(slots);
    if (slots === 0) return;
    this.appetite = jobs.length === slots ? limits.maxClaim : 1;
    if (jobs.length === 0) await this.waitForWork(nextWakeMs);
  }

  /** Waits for slots; none when there is something to settle and all are taken, or when this is to stop. */
  private slotsOrWork(): number | Promise<number> {
    const { slots } = this.options;
    if (!this.outbox.isEmpty) return this.stopping ? 0 : slots.take(this.appetite);
    if (this.stopping) {
      return new Promise((resolve) => {
        this.wake = () => {
          resolve(0);
        };
      });
    }
    const { granted, giveUp } = slots.acquire(this.appetite);
    this.wake = giveUp;
    return granted;
  }

  /** Runs what is claimed for the slots and gives back the rest of them. */
  private async fill(slots: number): Promise<SettleResult> {
    let result = nothing;
    try {
      result = await this.settleAndClaim(slots);
    } finally {
      this.options.slots.release(slots - result.jobs.length);
    }
    for (const job of result.jobs) this.begin(job);
    this.tellMetrics();
    return result;
  }

  private async settleAndClaim(slots: number): Promise<SettleResult> {
    const { queue, queues } = this.options;
    const claim = slots === 0 || this.stopping ? undefined : this.claimOf(slots);
    const settlements = this.outbox.take(maxSettlementsPerTurn);
    if (settlements.length === 0 && claim === undefined) return nothing;
    try {
      const result = await queues.settle(queue, { ...settleRequest(settlements), claim });
      this.noteRejected(settlements, result);
      return result;
    } catch (error) {
      this.keepForLater(settlements, error);
      throw error;
    }
  }

  /** The queue is empty: waits without a slot, which others may have use for. */
  private async waitForWork(nextWakeMs: number | undefined): Promise<void> {
    const { slots, queues, queue } = this.options;
    if (this.stopping || !this.outbox.isEmpty) return;
    const wait = new AbortController();
    this.wake = () => {
      // With a reason of its own: the default one is an exception with a stack.
      wait.abort('woken');
    };
    const isWork = await queues.waitForWork(queue, { nextWakeMs, signal: wait.signal });
    if (isWork && slots.isFull) queues.passOn(queue);
  }

  private claimOf(max: number): ClaimRequest {
    return { max, leaseMs: this.options.leaseMs, worker: this.options.workerName, beats: true };
  }

  private begin(job: ClaimedJob): void {
    const { queue, leaseMs, jobTimeoutMs, publish, log } = this.options;
    const timeoutMs = timeLimitOf(job, { leaseMs, timeoutMs: jobTimeoutMs });
    const delivery = new Delivery(queue, job, { leaseMs, timeoutMs, publish, log });
    this.running.add(delivery);
    // It was claimed while the worker was told to stop.
    if (this.stopping) delivery.end('stopping');
    void this.finish(delivery);
  }

  private async finish(delivery: Delivery): Promise<void> {
    const { queue, execute, slots, metrics, log } = this.options;
    const { id, fence } = delivery.job;
    const startedAt = performance.now();
    const outcome = await delivery.run(execute);
    metrics.seconds.observe({ queue }, (performance.now() - startedAt) / 1_000);
    const ending = delivery.interruption ?? outcome?.verdict ?? 'done';
    this.finished.set(ending, (this.finished.get(ending) ?? 0) + 1);

    this.running.delete(delivery);
    slots.release(1);
    if (delivery.job.stream !== undefined && outcome !== undefined) this.endStream(delivery.job, outcome);
    if (outcome !== undefined) this.outbox.add({ id, fence, ...outcome });
    else if (delivery.interruption !== 'lease lost') this.outbox.add({ id, fence, verdict: 'release' });
    else log.warn({ queue, job: id }, 'the lease was lost while the job ran: its outcome is dropped');
    this.wake();
  }

  /** Nobody waits for that: a stream that is not ended goes some time after its last chunk. */
  private endStream(job: ClaimedJob, outcome: Outcome): void {
    const { publish, queue, log } = this.options;
    endStream(publish, job, outcome).catch((error: unknown) => {
      log.warn({ err: error, queue, job: job.id }, 'the stream of a task could not be ended');
    });
  }

  /** A lost answer does no harm: the same settlement twice is accepted. */
  private keepForLater(settlements: readonly Settlement[], error: unknown): void {
    if (!isMoorlineError(error) || error.retryable) {
      this.outbox.putBack(settlements);
      return;
    }
    const { queue, log } = this.options;
    log.error({ err: error, queue, settlements: settlements.length }, 'settlements refused: the jobs will run again');
  }

  private noteRejected(settlements: readonly Settlement[], { rejected }: SettleResult): void {
    if (rejected.length === 0) return;
    const { queue, metrics, log } = this.options;
    this.outbox.putBack(unconfirmedAmong(settlements, rejected));
    const stale = rejected.filter(({ reason }) => reason === 'stale').map(({ id }) => id);
    if (stale.length === 0) return;
    metrics.stale.inc({ queue }, stale.length);
    log.warn({ queue, jobs: stale }, 'outcomes came too late: the jobs belong to others by now');
  }

  private tellMetrics(): void {
    const { queue, metrics, onEnded } = this.options;
    const count = (outcome: string) => this.finished.get(outcome) ?? 0;
    if (this.finished.size > 0) onEnded?.(count('done'), count('failed') + count('timeout'));
    metrics.running.set({ queue }, this.running.size);
    for (const [outcome, jobs] of this.finished) metrics.finished.inc({ queue, outcome }, jobs);
    this.finished.clear();
  }
}

/** When all who are awake have had their say, in the same turn of the event loop. */
function nextTick(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

function noWait(): void {}
