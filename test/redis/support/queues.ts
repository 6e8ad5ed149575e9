import { afterEach } from '@jest/globals';
import { RedisQueues, type QueuesOptions } from '../../../app/queue/queues.js';
import { ShardedQueues } from '../../../app/queue/sharding/sharded-queues.js';
import type { ClaimedJob, JobInput } from '../../../app/queue/types.js';
import type { RedisConnections } from '../../../app/redis/index.js';
import { connectReady } from './connect.js';

const opened = new Set<RedisQueues>();

// Registered by the import alone; connect.ts closes the connections, and hooks run last registered first.
afterEach(async () => {
  await Promise.all([...opened].map((queues) => queues.close()));
  opened.clear();
});

export interface TestQueues {
  readonly queues: RedisQueues;
  readonly connections: RedisConnections;
}

/** Queues with connections of their own, as a process of its own would have them. */
export async function openQueues(uri: string, options: Partial<QueuesOptions> = {}): Promise<TestQueues> {
  const connections = await connectReady(uri);
  const queues = new RedisQueues(connections, { durability: 'memory', ...options });
  opened.add(queues);
  return { queues, connections };
}

/** The same, of which some may have shards. */
export async function openSharded(uri: string, options: Partial<QueuesOptions> = {}): Promise<ShardedQueues> {
  const { queues, connections } = await openQueues(uri, options);
  return new ShardedQueues(queues, connections);
}

/** Enqueues jobs of one priority and claims them: they come in the same order. */
export async function enqueueAndClaim<const Jobs extends readonly JobInput[]>(
  queues: RedisQueues,
  queue: string,
  ...jobs: Jobs
): Promise<{ readonly [At in keyof Jobs]: ClaimedJob }> {
  await queues.enqueue(queue, jobs);
  const claimed = await queues.claim(queue, { max: jobs.length, leaseMs: 60_000, worker: 'w' });
  if (claimed.length !== jobs.length) throw new Error(`Expected ${jobs.length} claimed jobs, got ${claimed.length}`);
  return claimed as { readonly [At in keyof Jobs]: ClaimedJob };
}
