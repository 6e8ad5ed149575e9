import { Counter, Histogram } from 'prom-client';
import { createLabels, type Registry } from '../metrics.js';
import { queueOfShard } from './sharding/shard-names.js';

/** What this process does to queues. */
export interface QueueMetrics {
  /** One call of a function carried so many jobs. */
  readonly called: (call: 'enqueue' | 'turn', jobs: number) => void;
  /** Jobs of one claim; how long each stood in line, and which attempt each is. */
  readonly claimed: (queue: string, jobs: readonly { readonly waitedMs: number; readonly attempt: number }[]) => void;
  /** Enqueues that were stored and not confirmed in time. */
  readonly unconfirmed: (durability: string) => void;
}

const maxShownAttempt = 5;

export function createQueueMetrics(registry: Registry): QueueMetrics {
  const registers = [registry];
  const labelOf = createLabels();
  const batches = new Histogram({
    name: 'moorline_queue_call_jobs',
    help: 'Jobs that one call of a function in Redis carries: enqueued, or settled and claimed in one turn',
    labelNames: ['call'],
    buckets: [0, 1, 2, 5, 10, 25, 50, 100, 250, 500],
    registers,
  });
  const waits = new Histogram({
    name: 'moorline_queue_wait_seconds',
    help: 'How long jobs stood in line, from being ready to being claimed, by the clock of Redis',
    labelNames: ['queue'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200],
    registers,
  });
  const attempts = new Counter({
    name: 'moorline_queue_attempts_total',
    help: `Deliveries by attempt: 1 for the first, ${maxShownAttempt}+ for the fifth and later ones`,
    labelNames: ['queue', 'attempt'],
    registers,
  });
  const unconfirmed = new Counter({
    name: 'moorline_queue_unconfirmed_total',
    help: 'Enqueues that no replica or disk confirmed in time, by the class of durability',
    labelNames: ['class'],
    registers,
  });
  return {
    called: (call, jobs) => {
      batches.labels(call).observe(jobs);
    },
    claimed: (queue, jobs) => {
      const label = labelOf(queueOfShard(queue));
      const wait = waits.labels(label);
      // What is claimed must be handed on, whatever is wrong with its metrics.
      for (const { waitedMs } of jobs) if (Number.isFinite(waitedMs)) wait.observe(Math.max(0, waitedMs) / 1000);
      for (const [attempt, count] of countAttempts(jobs)) attempts.labels(label, attempt).inc(count);
    },
    unconfirmed: (durability) => {
      unconfirmed.labels(durability).inc();
    },
  };
}

function countAttempts(jobs: readonly { readonly attempt: number }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { attempt } of jobs) {
    const shown = attempt < maxShownAttempt ? String(attempt) : `${maxShownAttempt}+`;
    counts.set(shown, (counts.get(shown) ?? 0) + 1);
  }
  return counts;
}
