import { afterEach } from '@jest/globals';
import { Dispatcher } from '../../../app/dispatch/dispatcher.js';
import { createMetrics, type Registry } from '../../../app/metrics.js';
import type { RedisConnections } from '../../../app/redis/index.js';
import type { QueuesOptions } from '../../../app/queue/queues.js';
import { ShardedQueues } from '../../../app/queue/sharding/sharded-queues.js';
import type { ClaimedJob, Queues } from '../../../app/queue/types.js';
import { openQueues } from './queues.js';

const opened = new Set<Dispatcher>();

// queues.ts closes what is below, and hooks run last registered first.
afterEach(async () => {
  await Promise.all([...opened].map((dispatcher) => dispatcher.close()));
  opened.clear();
});

export interface TestDispatcher {
  readonly dispatcher: Dispatcher;
  readonly queues: Queues;
  readonly connections: RedisConnections;
  readonly metrics: Registry;
}

/** A dispatcher with connections of its own, as a process of its own would have them. */
export async function openDispatcher(uri: string, options: Partial<QueuesOptions> = {}): Promise<TestDispatcher> {
  const { queues: inner, connections } = await openQueues(uri, options);
  const queues = new ShardedQueues(inner, connections);
  const metrics = createMetrics();
  const dispatcher = new Dispatcher(queues, connections, { metrics });
  opened.add(dispatcher);
  return { dispatcher, queues, connections, metrics };
}

/** Claims one job at a time and settles it with what `work` makes of it, until `stop`. */
export function serve(
  queues: Queues,
  queue: string,
  work: (job: ClaimedJob) => unknown,
): { readonly seen: readonly string[]; readonly stop: () => Promise<void> } {
  const seen: string[] = [];
  const stopping = new AbortController();
  const turn = async (): Promise<void> => {
    const claim = { max: 10, leaseMs: 3_000, worker: 'test', waitMs: 1_000, signal: stopping.signal };
    const jobs = await queues.claim(queue, claim);
    seen.push(...jobs.map(({ id }) => id));
    const done = jobs.map((job) => ({ id: job.id, fence: job.fence, resultJson: JSON.stringify(work(job)) }));
    if (done.length > 0) await queues.settle(queue, { done });
  };
  const run = async (): Promise<void> => {
    // What fails meanwhile is found again when the leases expire.
    while (!stopping.signal.aborted) await turn().catch(() => undefined);
  };
  const ended = run();
  return {
    seen,
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
