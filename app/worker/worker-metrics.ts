import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from '../metrics.js';

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

/** Labelled by queue: a worker serves a fixed few. */
export function createWorkerMetrics(registry: Registry, limit: () => number) {
  const registers = [registry];
  new Gauge({
    name: 'moorline_worker_concurrency_limit',
    help: 'Jobs that this worker may run at the same time; moves when it adapts by itself',
    registers,
    collect() {
      this.set(limit());
    },
  });
  return {
    running: new Gauge({
      name: 'moorline_worker_running_jobs',
      help: 'Jobs that handlers are at',
      labelNames: ['queue'],
      registers,
    }),
    finished: new Counter({
      name: 'moorline_worker_jobs_total',
      help: 'Deliveries that ended here: done, failed, timeout, lease lost, stopping, cancelled',
      labelNames: ['queue', 'outcome'],
      registers,
    }),
    seconds: new Histogram({
      name: 'moorline_worker_job_seconds',
      help: 'How long handlers took',
      labelNames: ['queue'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
      registers,
    }),
    stale: new Counter({
      name: 'moorline_worker_settlements_stale_total',
      help: 'Outcomes that came too late to count',
      labelNames: ['queue'],
      registers,
    }),
  };
}
