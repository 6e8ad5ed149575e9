import { Gauge } from 'prom-client';
import type { Registry } from '../metrics.js';
import type { QueueCounts, Queues } from '../queue/types.js';

/** So many queues are shown, the first by name: a scrape must stay small. */
const maxQueues = 100;
/** Several who scrape at about the same time ask Redis once. */
const cacheMs = 3_000;

/** Shows what queues hold: one small call a queue and scrape. Every gateway shows the same: take the maximum over them, not the sum. */
export function gaugeQueues(queues: Pick<Queues, 'names' | 'counts'>, registry: Registry): void {
  const allCounts = cached(() => countAll(queues));
  const gauge = (name: string, help: string, labels: readonly string[], valuesOf: (counts: QueueCounts) => Values) => {
    new Gauge({
      name,
      help,
      labelNames: ['queue', ...labels],
      registers: [registry],
      async collect() {
        const all = await allCounts();
        this.reset();
        for (const counts of all) {
          for (const [value, number] of Object.entries(valuesOf(counts)))
            this.labels(counts.queue, ...labels.map(() => value)).set(number);
        }
      },
    });
  };
  const plain = (name: string, help: string, valueOf: (counts: QueueCounts) => number): void => {
    gauge(name, help, [], (counts) => ({ all: valueOf(counts) }));
  };

  plain('moorline_queue_ready_jobs', 'Jobs that wait for a worker', (counts) => counts.ready);
  plain('moorline_queue_delayed_jobs', 'Jobs that wait for their time', (counts) => counts.delayed);
  plain('moorline_queue_leased_jobs', 'Jobs that workers have', (counts) => counts.leased);
  plain('moorline_queue_dead_jobs', 'Dead letters', (counts) => counts.dead);
  plain('moorline_queue_oldest_ready_seconds', 'How long the oldest ready job waits', (c) => c.oldestReadyMs / 1_000);
  plain('moorline_queue_paused', '1 where nothing is claimed until the queue resumes', (c) => (c.paused ? 1 : 0));
  gauge(
    'moorline_queue_lifetime_jobs',
    'Since the queue was made: jobs enqueued, done, cancelled, dead and expired; attempts failed and crashed',
    ['event'],
    ({ totals: { enqueued, done, cancelled, dead, failed, crashed, expired } }) => ({
      enqueued,
      done,
      cancelled,
      dead,
      failed,
      crashed,
      expired,
    }),
  );
  gauge('moorline_queue_lifetime_dead_jobs', 'The dead ones by reason', ['reason'], ({ totals }) => totals.deadBy);
}

/** By the value of the second label, if there is one. */
type Values = Readonly<Record<string, number>>;

/** The gauges of a scrape are collected at the same time: one question answers all of them, and those of the next moment. */
function cached<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly answer: Promise<T>; readonly atMs: number } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.atMs > cacheMs) last = { answer: ask(), atMs: now };
    return last.answer;
  };
}

/** Nothing while Redis is away: the other metrics are wanted then most of all. */
async function countAll(queues: Pick<Queues, 'names' | 'counts'>): Promise<readonly QueueCounts[]> {
  try {
    const names = [...(await queues.names())].sort().slice(0, maxQueues);
    return await Promise.all(names.map((name) => queues.counts(name)));
  } catch {
    return [];
  }
}
