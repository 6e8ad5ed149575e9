import { Counter } from 'prom-client';
import { createLabels, type Registry } from '../metrics.js';
import type { EnqueueReceipt } from '../queue/types.js';

type Settlements = { readonly [Verdict in 'done' | 'failed' | 'extend' | 'release']?: readonly unknown[] };

/** Counts what goes through this gateway. */
export class QueueCounters {
  private readonly label = createLabels();
  private readonly enqueuedTotal;
  private readonly claimedTotal;
  private readonly settledTotal;
  private readonly staleTotal;
  private readonly unconfirmedTotal;

  constructor(registry: Registry) {
    const counter = <Label extends string>(name: string, help: string, ...labels: Label[]): Counter<'queue' | Label> =>
      new Counter({ name, help, labelNames: ['queue', ...labels], registers: [registry] });
    this.enqueuedTotal = counter(
      'moorline_jobs_enqueued_total',
      'Jobs accepted: queued, delayed, duplicate, or dead since their data does not match',
      'status',
    );
    this.claimedTotal = counter('moorline_jobs_claimed_total', 'Deliveries handed to workers');
    this.settledTotal = counter('moorline_settlements_total', 'Settlements accepted or not, by verdict', 'verdict');
    this.staleTotal = counter('moorline_settlements_stale_total', 'Settlements of deliveries that were over');
    this.unconfirmedTotal = counter(
      'moorline_enqueues_unconfirmed_total',
      'Requests that no replica confirmed in time',
    );
  }

  enqueued(queue: string, { jobs }: EnqueueReceipt): void {
    for (const status of ['queued', 'delayed', 'duplicate', 'dead'] as const) {
      const jobsOfStatus = jobs.filter((job) => job.status === status).length;
      if (jobsOfStatus > 0) this.enqueuedTotal.inc({ queue: this.label(queue), status }, jobsOfStatus);
    }
  }

  unconfirmed(queue: string): void {
    this.unconfirmedTotal.inc({ queue: this.label(queue) });
  }

  claimed(queue: string, jobs: number): void {
    if (jobs > 0) this.claimedTotal.inc({ queue: this.label(queue) }, jobs);
  }

  settled(queue: string, settlements: Settlements, stale: number): void {
    for (const verdict of ['done', 'failed', 'extend', 'release'] as const) {
      const deliveries = settlements[verdict]?.length ?? 0;
      if (deliveries > 0) this.settledTotal.inc({ queue: this.label(queue), verdict }, deliveries);
    }
    if (stale > 0) this.staleTotal.inc({ queue: this.label(queue) }, stale);
  }
}
