import { afterAll } from '@jest/globals';
import { Agent } from '../../../app/agent/agent.js';
import { ReleaseWatch } from '../../../app/agent/facts/watch.js';
import { registerAgentMetrics } from '../../../app/agent/metrics.js';
import { loadConfig } from '../../../app/config/index.js';
import { createLog } from '../../../app/log.js';
import { createMetrics } from '../../../app/metrics.js';
import type { HighAvailability } from '../support/high-availability.js';
import type { RedisServer } from '../support/redis-server.js';
import { ReleaseInMemory } from './release-in-memory.js';

const stops: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** An agent that watches over a set of real servers, and what it has done in Kubernetes. It ends with the test file. */
export function watchOver(
  { uri, primaryName, sentinels }: HighAvailability,
  nodes: readonly RedisServer[],
): ReleaseInMemory {
  const objects = new ReleaseInMemory(nodes.length);
  const { redis } = loadConfig({ REDIS_URI: uri }, 'gateway');
  const log = createLog({ level: 'silent' });
  const addressOf = ({ port }: RedisServer) => ({ host: '127.0.0.1', port });
  const watch = new ReleaseWatch({
    redis,
    sentinels: sentinels.map(addressOf),
    nodes: nodes.map(addressOf),
    primaryName,
    connectionName: 'agent',
    log,
    onMove: () => {
      agent.hurry();
    },
  });
  const metrics = registerAgentMetrics(createMetrics(), () => agent.withoutPrimaryMs / 1_000);
  const agent = new Agent({
    watch,
    objects,
    primaryName,
    metrics,
    log,
    remainingMs: () => 60_000,
    leastGraceMs: 1_000,
  });
  stops.push(async () => {
    await agent.stop();
    await watch.close();
  });
  return objects;
}
