import type { Verdict } from '../../../app/queue/settlement.js';

/** What the queue should do, in the simplest terms: no batches, no bytes, no clock but two hands moved by the test. */

export interface ModelJob {
  readonly id: string;
  readonly priority: number;
  readonly maxAttempts: number;
  state: 'ready' | 'delayed' | 'leased' | 'dead';
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

const maxCrashes = 5;

export class QueueModel {
  readonly jobs = new Map<string, ModelJob>();
  readonly done = new Map<string, string>();
  /** The fence of the delivery with which it ended, if there was one. */
  readonly cancelled = new Map<string, string | undefined>();
  paused = false;
  private places = 0;

  enqueue(id: string, priority: number, maxAttempts: number, delayed: boolean): 'queued' | 'delayed' | 'duplicate' {
    if (this.jobs.has(id) || this.done.has(id) || this.cancelled.has(id)) return 'duplicate';
    const state = delayed ? 'delayed' : 'ready';
    this.jobs.set(id, {
      id,
      priority,
      maxAttempts,
      state,
      place: this.nextPlace(),
      expired: false,
      attempts: 0,
      crashes: 0,
    });
    return delayed ? 'delayed' : 'queued';
  }

  /** Settles, does the upkeep, and answers which settlements count and which jobs are handed out, in order. */
  turn(settlements: readonly ModelSettlement[], max: number): { accepted: boolean[]; claimed: ModelJob[] } {
    const accepted = settlements.map((settlement) => this.settle(settlement));
    this.upkeep();
    const claimed = this.paused ? [] : this.line().slice(0, max);
    for (const job of claimed) Object.assign(job, { state: 'leased', expired: false });
    return { accepted, claimed };
  }

  in(state: ModelJob['state']): readonly ModelJob[] {
    return [...this.jobs.values()].filter((job) => job.state === state);
  }

  /** In the order given. */
  replay(ids: readonly string[]): number {
    for (const id of ids) {
      const { priority, maxAttempts } = this.jobs.get(id) ?? { priority: 0, maxAttempts: 0 };
      this.jobs.delete(id);
      this.enqueue(id, priority, maxAttempts, false);
    }
    return ids.length;
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

  private endCancelled({ id, fence }: Pick<ModelJob, 'id' | 'fence'>): 'cancelled' {
    this.jobs.delete(id);
    this.cancelled.set(id, fence);
    return 'cancelled';
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
    }
    if (verdict === 'release') job.state = 'ready';
    if (verdict === 'failed') {
      job.attempts += 1;
      job.state = job.attempts >= job.maxAttempts ? 'dead' : 'delayed';
      job.due = retryNow ? 1 : undefined;
    }
    if (verdict !== 'done') job.lastSettled = `${verdict} ${fence}`;
    return true;
  }

  private upkeep(): void {
    for (const job of this.in('leased').filter(({ expired }) => expired)) {
      if (job.cancelled === true) {
        this.endCancelled({ id: job.id });
        continue;
      }
      job.crashes += 1;
      job.state = job.crashes >= maxCrashes ? 'dead' : 'ready';
    }
    const due = this.in('delayed').filter((job) => job.due !== undefined);
    for (const job of [...due].sort(
      (a, b) => Number(a.due) - Number(b.due) || b.priority - a.priority || compare(a.id, b.id),
    )) {
      Object.assign(job, { state: 'ready', due: undefined, place: this.nextPlace() });
    }
  }

  private line(): ModelJob[] {
    return [...this.in('ready')].sort((a, b) => b.priority - a.priority || a.place - b.place);
  }

  private nextPlace(): number {
    this.places += 1;
    return this.places;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
