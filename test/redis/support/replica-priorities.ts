import type { ScriptedCluster } from './scripted-cluster.js';
import { waitFor } from './wait-for.js';

/** Sets the priority of both replicas of a cluster whose primary is redis-0, and waits until every Sentinel knows it. */
export async function setPriorities(cluster: ScriptedCluster, priority: string): Promise<void> {
  for (const node of ['redis-1', 'redis-2'] as const)
    await cluster.cli(node, 'CONFIG', 'SET', 'replica-priority', priority);
  for (const name of ['sentinel-0', 'sentinel-1', 'sentinel-2'] as const) {
    await waitFor(`${name} knows the priorities`, async () => {
      const known = await cluster.cli(name, 'SENTINEL', 'REPLICAS', cluster.primaryName);
      return known.split(`slave-priority\n${priority}\n`).length === 3;
    });
  }
}
