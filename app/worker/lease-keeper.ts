import type { Logger } from '../log.js';
import type { Queues } from '../queue/types.js';
import type { Delivery } from './delivery.js';
import { Heartbeat } from './heartbeat.js';
import type { Running } from './running.js';

export interface LeaseKeeperOptions {
  readonly queue: string;
  readonly queues: Queues;
  readonly leaseMs: number;
  readonly workerName: string;
  readonly running: Running;
  readonly log: Logger;
  /** Called when a renewal came so late that a little more would have cost the leases. */
  readonly onLate?: () => void;
}

/** Renews the leases of all running jobs of a queue in one call, three times within a lease; ends the jobs that are cancelled or whose lease is lost. */
export class LeaseKeeper {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private dueAt = 0;
  private readonly heartbeat: Heartbeat;

  constructor(private readonly options: LeaseKeeperOptions) {
    const onDoubt = () => {
      this.renewIn(0);
    };
    this.heartbeat = new Heartbeat({ ...options, onDoubt });
    this.renewIn(options.leaseMs / 3);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.heartbeat.stop();
  }

  private renewIn(ms: number): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.dueAt = performance.now() + ms;
    this.timer = setTimeout(() => void this.renew(), ms);
  }

  private async renew(): Promise<void> {
    const { leaseMs, running, log, queue } = this.options;
    try {
      if (running.size > 0) await this.extendAll([...running]);
      if (performance.now() - this.dueAt > leaseMs / 6) this.options.onLate?.();
      this.renewIn(leaseMs / 3);
    } catch (error) {
      log.warn({ err: error, queue }, 'leases could not be renewed; trying again');
      for (const delivery of running) {
        if (delivery.isLeaseOver) delivery.end('lease lost');
      }
      this.renewIn(leaseMs / 10);
    }
  }

  private async extendAll(deliveries: readonly Delivery[]): Promise<void> {
    const { queue, queues, leaseMs } = this.options;
    const askedAt = performance.now();
    const extend = deliveries.map(({ job: { id, fence } }) => ({ id, fence, leaseMs }));
    const { rejected, cancelled = [] } = await queues.settle(queue, { extend });
    const lost = new Set(rejected.map(({ fence }) => fence));
    const unwanted = new Set(cancelled.map(({ fence }) => fence));
    for (const delivery of deliveries) {
      // One that was settled meanwhile is refused too; it has ended already.
      if (lost.has(delivery.job.fence)) delivery.end('lease lost');
      else delivery.leaseRenewed(askedAt);
      if (unwanted.has(delivery.job.fence)) delivery.end('cancelled');
    }
  }
}
