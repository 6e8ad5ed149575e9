import type { PublishChunks } from '../dispatch/task-streams.js';
import type { Logger } from '../log.js';
import type { Registry } from '../metrics.js';
import type { Queues } from '../queue/types.js';
import { AdaptiveLimit } from '../resilience/limiter/adaptive-limit.js';
import type { LimitBounds } from '../resilience/limiter/aimd.js';
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
  readonly concurrency: Concurrency;
  readonly leaseMs: number;
  readonly jobTimeoutMs: number;
  readonly workerName: string;
  /** To the streams of tasks. @default they have none here */
  readonly publish?: PublishChunks;
  readonly log: Logger;
  readonly registry: Registry;
}

/** So many, or as many as the process can bear within bounds. */
export type Concurrency = number | (LimitBounds & { readonly roundMs?: number });

/** Where the search begins, within the bounds. */
const firstLimit = 32;

/** Claims and does jobs from the moment it is made until `stop`. */
export class Worker {
  private readonly consumers: readonly Consumer[];
  private readonly leaseKeepers: readonly LeaseKeeper[];
  private readonly ended: Promise<unknown>;
  private readonly limit: AdaptiveLimit | undefined;
  private readonly slots: Slots;

  constructor({ executors, checks, concurrency, registry, ...options }: WorkerOptions) {
    const slots = new Slots(typeof concurrency === 'number' ? concurrency : firstLimit);
    const limit = typeof concurrency === 'number' ? undefined : this.adapt(slots, concurrency);
    this.limit = limit;
    this.slots = slots;
    const metrics = createWorkerMetrics(registry, () => slots.limit);
    const onEnded = limit?.ended.bind(limit);
    const consume =
      (slots: Slots) =>
      ([queue, execute]: [string, Executor]): Consumer =>
        new Consumer({ ...options, queue, execute, slots, metrics, onEnded });
    this.consumers = [...[...executors].map(consume(slots)), ...[...checks].map(consume(new Slots(checks.size)))];
    this.leaseKeepers = this.consumers.map(
      ({ running, options: { queue } }) =>
        new LeaseKeeper({ ...options, queue, running, onLate: () => limit?.renewalWasLate() }),
    );
    this.ended = Promise.all(this.consumers.map((consumer) => consumer.run()));
  }

  /** Jobs at work. */
  get running(): number {
    return this.consumers.reduce((sum, { running }) => sum + running.size, 0);
  }

  /** How many it may run at the same time, as it is now. */
  get concurrency(): number {
    return this.slots.limit;
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
    this.limit?.stop();
  }

  private adapt(slots: Slots, { min, max, roundMs = 1_000 }: Exclude<Concurrency, number>): AdaptiveLimit {
    const limit = new AdaptiveLimit({
      min,
      max,
      first: firstLimit,
      roundMs,
      inFlight: () => this.running,
      apply: (size) => {
        slots.resize(size);
      },
    });
    slots.resize(limit.current);
    return limit;
  }
}
