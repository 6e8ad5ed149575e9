import type { Verdict } from '../../../app/queue/settlement.js';

/** What the queue should do, in the simplest terms: no batches, no bytes, no clock but two hands moved by the test. */

export interface ModelJob {
  readonly id: string;
  readonly priority: number;
  readonly maxAttempts: number;
  readonly key: string | undefined;
  /** `blocked`: behind another job of its key. */
  state: 'ready' | 'blocked' | 'delayed' | 'leased' | 'dead';
  /** Of its key, one at a time has it; without a key, nobody does. */
  hasSlot: boolean;
  /** In line; kept while leased. */
  place: number;
  /** When delayed: 0 made due by the test, 1 due in this very turn, undefined not due. */
  due?: 0 | 1 | undefined;
  expired: boolean;
  fence?: string | undefined;
  attempts: number;
  crashes: number;
  lastSettled?: string;
  /** Ends when its worker settles or loses it. */
  cancelled?: true;
}

export interface ModelSettlement {
  readonly verdict: Verdict;
  readonly id: string;
  readonly fence: string;
  readonly retryNow: boolean;
}

export interface ModelInput extends Pick<ModelJob, 'id' | 'priority' | 'maxAttempts' | 'key'> {
  readonly delayed: boolean;
  /** In the mode `simple`. */
  readonly dedupe: string | undefined;
}

const maxCrashes = 5;
/** Who gave its slot back comes before all that joined the lane. */
const front = -1_000_000;

export class QueueModel {
  readonly jobs = new Map<string, ModelJob>();
  readonly done = new Map<string, string>();
  /** The fence of the delivery with which it ended, if there was one. */
  readonly cancelled = new Map<string, string | undefined>();
  paused = false;
  private readonly pausedKeys = new Set<string>();
  /** Names of dedupe, and the job that stands for each. */
  private readonly standIns = new Map<string, string>();
  private places = 0;

  /** Places are taken for all jobs of a request before any of them moves others. */
  enqueue(jobs: readonly ModelInput[]): ('queued' | 'delayed' | 'duplicate')[] {
    const places = this.takePlaces(jobs.length);
    return jobs.map((job, index) => this.add(job, places + index));
  }

  /** Settles, does the upkeep, and answers which settlements count and which jobs are handed out, in order. */
  turn(settlements: readonly ModelSettlement[], max: number): { accepted: boolean[]; claimed: ModelJob[] } {
    const accepted = settlements.map((settlement) => this.settle(settlement));
    this.upkeep();
    const claimed: ModelJob[] = [];
    for (const job of this.paused ? [] : this.line()) {
      if (claimed.length === max) break;
      if (job.key !== undefined && this.pausedKeys.has(job.key)) {
        this.stepBack(job);
        continue;
      }
      Object.assign(job, { state: 'leased', expired: false });
      claimed.push(job);
    }
    return { accepted, claimed };
  }

  in(state: ModelJob['state']): readonly ModelJob[] {
    return [...this.jobs.values()].filter((job) => job.state === state);
  }

  /** In the order given. */
  replay(ids: readonly string[]): number {
    const places = this.takePlaces(ids.length);
    for (const [index, id] of ids.entries()) {
      const { priority, maxAttempts, key } = this.jobs.get(id) ?? { priority: 0, maxAttempts: 0, key: undefined };
      this.jobs.delete(id);
      this.add({ id, priority, maxAttempts, key, delayed: false, dedupe: undefined }, places + index);
    }
    return ids.length;
  }

  pauseKey(key: string): void {
    this.pausedKeys.add(key);
  }

  resumeKey(key: string): void {
    this.pausedKeys.delete(key);
    this.fill(key);
  }

  /** All that nobody has under way. */
  empty(): number {
    const waiting = (['blocked', 'ready', 'delayed'] as const).flatMap((state) => this.in(state));
    for (const { id } of waiting) this.jobs.delete(id);
    for (const job of waiting) this.leave(job);
    return waiting.length;
  }

  purge(id: string): number {
    return this.jobs.get(id)?.state === 'dead' ? Number(this.jobs.delete(id)) : 0;
  }

  cancel(id: string): 'cancelled' | 'cancelling' | 'job_over' | 'not_found' {
    const job = this.jobs.get(id);
    if (job === undefined) return this.cancelled.has(id) ? 'cancelled' : this.done.has(id) ? 'job_over' : 'not_found';
    if (job.state === 'dead') return 'job_over';
    if (job.state !== 'leased') return this.endCancelled(job);
    job.cancelled = true;
    return 'cancelling';
  }

  private endCancelled(job: ModelJob, fence = job.fence): 'cancelled' {
    this.jobs.delete(job.id);
    this.cancelled.set(job.id, fence);
    this.leave(job);
    return 'cancelled';
  }

  private add({ dedupe, delayed, ...input }: ModelInput, place: number): 'queued' | 'delayed' | 'duplicate' {
    const { id } = input;
    if (this.jobs.has(id) || this.done.has(id) || this.cancelled.has(id)) return 'duplicate';
    if (dedupe !== undefined && this.standIns.has(dedupe)) return 'duplicate';
    if (dedupe !== undefined) this.standIns.set(dedupe, id);
    const job: ModelJob = {
      ...input,
      state: 'delayed',
      hasSlot: false,
      place,
      expired: false,
      attempts: 0,
      crashes: 0,
    };
    this.jobs.set(id, job);
    if (!delayed) this.enter(job, place);
    return delayed ? 'delayed' : 'queued';
  }

  private enter(job: ModelJob, place: number): void {
    const { key } = job;
    Object.assign(job, { place, state: 'ready', due: undefined });
    if (key === undefined || job.hasSlot) return;
    if (this.holderOf(key) === undefined && !this.pausedKeys.has(key)) {
      job.hasSlot = true;
      return;
    }
    job.state = 'blocked';
    const holder = this.holderOf(key);
    if (this.pausedKeys.has(key) || holder?.state !== 'ready' || holder.priority >= job.priority) return;
    this.stepBack(holder);
    this.fill(key);
  }

  private stepBack(job: ModelJob): void {
    Object.assign(job, { state: 'blocked', hasSlot: false, place: job.place + front });
  }

  private leave(job: ModelJob): void {
    for (const [name, id] of this.standIns) if (id === job.id) this.standIns.delete(name);
    const hadSlot = job.hasSlot;
    job.hasSlot = false;
    if (hadSlot && job.key !== undefined) this.fill(job.key);
  }

  /** The first of the lane gets the slot, if it is free, and a place at the end of the line. */
  private fill(key: string): void {
    if (this.pausedKeys.has(key) || this.holderOf(key) !== undefined) return;
    const [first] = this.inOrder('blocked').filter((job) => job.key === key);
    if (first !== undefined) Object.assign(first, { state: 'ready', hasSlot: true, place: this.takePlaces(1) });
  }

  private holderOf(key: string): ModelJob | undefined {
    return [...this.jobs.values()].find((job) => job.key === key && job.hasSlot);
  }

  private settle({ verdict, id, fence, retryNow }: ModelSettlement): boolean {
    const job = this.jobs.get(id);
    if (job?.state !== 'leased' || job.fence !== fence) {
      const endsDelivery = verdict !== 'extend' && verdict !== 'progress';
      if (endsDelivery && job === undefined && this.cancelled.get(id) === fence) return true;
      if (verdict === 'done') return this.done.get(id) === fence;
      return job?.lastSettled === `${verdict} ${fence}`;
    }
    if (verdict === 'extend') job.expired = false;
    if (verdict === 'extend' || verdict === 'progress') return true;
    if (job.cancelled === true) {
      this.endCancelled(job);
      return true;
    }
    if (verdict === 'done') {
      this.jobs.delete(id);
      this.done.set(id, fence);
      this.leave(job);
    }
    if (verdict === 'release') job.state = 'ready';
    if (verdict === 'failed') {
      job.attempts += 1;
      job.state = job.attempts >= job.maxAttempts ? 'dead' : 'delayed';
      job.due = retryNow ? 1 : undefined;
      if (job.state === 'dead') this.leave(job);
    }
    if (verdict !== 'done') job.lastSettled = `${verdict} ${fence}`;
    return true;
  }

  private upkeep(): void {
    for (const job of this.in('leased')
      .filter(({ expired }) => expired)
      .sort((a, b) => compare(a.id, b.id))) {
      if (job.cancelled === true) {
        this.endCancelled(job, 'none');
        continue;
      }
      job.crashes += 1;
      job.state = job.crashes >= maxCrashes ? 'dead' : 'ready';
      if (job.state === 'dead') this.leave(job);
    }
    const due = this.in('delayed').filter((job) => job.due !== undefined);
    const places = this.takePlaces(due.length);
    for (const [index, job] of [...due]
      .sort((a, b) => Number(a.due) - Number(b.due) || b.priority - a.priority || compare(a.id, b.id))
      .entries()) {
      this.enter(job, places + index);
    }
  }

  private line(): ModelJob[] {
    return this.inOrder('ready');
  }

  private inOrder(state: ModelJob['state']): ModelJob[] {
    return [...this.in(state)].sort((a, b) => b.priority - a.priority || a.place - b.place);
  }

  private takePlaces(count: number): number {
    this.places += count;
    return this.places - count + 1;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
