import type { DeliveryRef } from '../../queue/types.js';
import type { Extended } from '../types.js';
import type { Run } from './run.js';

/** Renews the leases of all runs in one call, three times within a lease; ends the runs whose lease is lost. */
export class LeaseRenewal {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly runs: ReadonlySet<Run>,
    private readonly leaseMs: number,
    private readonly extend: (deliveries: readonly DeliveryRef[]) => Promise<Extended>,
    private readonly onError: (error: unknown) => void,
  ) {
    this.renewIn(leaseMs / 3);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private renewIn(ms: number): void {
    if (!this.stopped) this.timer = setTimeout(() => void this.renew(), ms);
  }

  private async renew(): Promise<void> {
    try {
      if (this.runs.size > 0) await this.extendAll([...this.runs]);
      this.renewIn(this.leaseMs / 3);
    } catch (error) {
      this.onError(error);
      for (const run of this.runs) if (run.isLeaseOver) run.end('lease lost');
      this.renewIn(this.leaseMs / 10);
    }
  }

  private async extendAll(runs: readonly Run[]): Promise<void> {
    const askedAt = performance.now();
    const { rejected, cancelled = [] } = await this.extend(runs.map(({ job }) => job));
    const [lost, unwanted] = [rejected, cancelled].map((list) => new Set(list.map(({ fence }) => fence)));
    for (const run of runs) {
      if (unwanted?.has(run.job.fence) === true) run.end('cancelled');
      if (lost?.has(run.job.fence) === true) run.end('lease lost');
      else run.leaseRenewed(askedAt);
    }
  }
}
