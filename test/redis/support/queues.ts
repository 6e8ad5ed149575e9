import { afterEach } from '@jest/globals';
import { RedisQueues, type QueuesOptions } from '../../../app/queue/queues.js';
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
