import type { Logger } from '../log.js';
import type { Registry } from '../metrics.js';
import type { Queues } from '../queue/types.js';
import { Consumer } from './consumer.js';
import { LeaseKeeper } from './lease-keeper.js';
import { Slots } from './slots.js';
import type { Executor } from './types.js';
import { createWorkerMetrics } from './worker-metrics.js';

export interface WorkerOptions {
  readonly queues: Queues;
  /** By queue. */
  readonly executors: ReadonlyMap<string, Executor>;
  /** Served beside the others and without counting against them: jobs of no effort. */
  readonly checks: ReadonlyMap<string, Executor>;
  /** Jobs at the same time, over all queues. */
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly jobTimeoutMs: number;
  readonly workerName: string;
  readonly log: Logger;
  readonly registry: Registry;
}

/** Claims and does jobs from the moment it is made until `stop`. */
export class Worker {
  private readonly consumers: readonly Consumer[];
  private readonly leaseKeepers: readonly LeaseKeeper[];
  private readonly ended: Promise<unknown>;

  constructor({ executors, checks, concurrency, registry, ...options }: WorkerOptions) {
    const metrics = createWorkerMetrics(registry);
    const consume =
      (slots: Slots) =>
      ([queue, execute]: [string, Executor]): Consumer =>
        new Consumer({ ...options, queue, execute, slots, metrics });
    this.consumers = [
      ...[...executors].map(consume(new Slots(concurrency))),
      ...[...checks].map(consume(new Slots(checks.size))),
    ];
    this.leaseKeepers = this.consumers.map(
      ({ running, options: { queue } }) => new LeaseKeeper({ ...options, queue, running }),
    );
    this.ended = Promise.all(this.consumers.map((consumer) => consumer.run()));
  }

  /** Claims no more, lets jobs at work go on for `graceMs`, then ends them and hands them back. */
  async stop(graceMs: number): Promise<void> {
    for (const consumer of this.consumers) consumer.stop();
    const impatience = setTimeout(() => {
      for (const consumer of this.consumers) consumer.handBack();
    }, graceMs);
    await this.ended;
    clearTimeout(impatience);
    await Promise.all(this.leaseKeepers.map((keeper) => keeper.stop()));
  }
}
