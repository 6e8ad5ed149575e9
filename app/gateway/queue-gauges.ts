import { Gauge } from 'prom-client';
import type { Registry } from '../metrics.js';
import type { QueueCounts, Queues } from '../queue/types.js';

/** So many queues are shown, the first by name: a scrape must stay small. */
const maxQueues = 200;

/** Shows what queues hold, asked anew at each scrape. Every gateway shows the same: take the maximum over them, not the sum. */
export function gaugeQueues(queues: Queues, registry: Registry): void {
  const allCounts = singleFlight(() => countAll(queues));

  const gauge = (name: string, help: string, valueOf: (counts: QueueCounts) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['queue'],
      registers: [registry],
      async collect() {
        const all = await allCounts();
        this.reset();
        for (const counts of all) this.set({ queue: counts.queue }, valueOf(counts));
      },
    });
  };
  gauge('moorline_queue_ready_jobs', 'Jobs that wait for a worker', (counts) => counts.ready);
  gauge('moorline_queue_delayed_jobs', 'Jobs that wait for their time', (counts) => counts.delayed);
  gauge('moorline_queue_leased_jobs', 'Jobs that workers have', (counts) => counts.leased);
  gauge('moorline_queue_dead_jobs', 'Dead letters', (counts) => counts.dead);
  gauge('moorline_queue_oldest_ready_seconds', 'How long the oldest ready job waits', (c) => c.oldestReadyMs / 1_000);
  gauge('moorline_queue_paused', '1 where nothing is claimed until the queue resumes', (c) => (c.paused ? 1 : 0));
}

/** The gauges of a scrape are collected at the same time: one question answers all of them. */
function singleFlight<T>(ask: () => Promise<T>): () => Promise<T> {
  let inFlight: Promise<T> | undefined;
  return () =>
    (inFlight ??= ask().finally(() => {
      inFlight = undefined;
    }));
}

/** Nothing while Redis is away: the other metrics are wanted then most of all. */
async function countAll(queues: Queues): Promise<readonly QueueCounts[]> {
  try {
    const names = [...(await queues.names())].sort().slice(0, maxQueues);
    return await Promise.all(names.map((name) => queues.counts(name)));
  } catch {
    return [];
  }
}
