import { describe, expect, test } from '@jest/globals';
import { createScriptedCluster, type ScriptedCluster, type ServerName } from '../support/scripted-cluster.js';
import { waitFor } from '../support/wait-for.js';
import { startWriters } from '../support/writers.js';

describe('a crash of the primary', () => {
  test('killed and restarted at once, it hands over to a replica and loses no confirmed write', async () => {
    const cluster = await createScriptedCluster();
    cluster.startAll();
    await cluster.settled();
    const writers = startWriters(cluster, 8);
    await waitFor('writes are confirmed', () => writers.confirmed.length > 1000);

    await cluster.kill('redis-0');
    cluster.start('redis-0');
    const before = writers.confirmed.length;
    await waitFor('writes are confirmed again', () => writers.confirmed.length > before + 1000);
    const primary = await cluster.settled();
    await writers.stop();

    expect(primary).not.toBe('redis-0');
    expect(await cluster.log('redis-0')).toContain('moorline: starts as replica of node');
    for (const node of ['redis-0', 'redis-1', 'redis-2'] as const satisfies ServerName[]) {
      await waitFor(`${node} is up to date`, async () => (await missing(cluster, node, writers.confirmed)) === 0);
    }
  }, 120_000);
});

/** How many of the keys a node does not have. */
async function missing(cluster: ScriptedCluster, node: ServerName, keys: readonly string[]): Promise<number> {
  let found = 0;
  for (let at = 0; at < keys.length; at += 500)
    found += Number(await cluster.cli(node, 'EXISTS', ...keys.slice(at, at + 500)));
  return keys.length - found;
}
