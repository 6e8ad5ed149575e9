import { describe, expect, test } from '@jest/globals';
import { createScriptedCluster, type ScriptedCluster, type ServerName } from '../support/scripted-cluster.js';
import { waitFor } from '../support/wait-for.js';

const nodes = ['redis-0', 'redis-1', 'redis-2'] as const satisfies readonly ServerName[];
const sentinels = ['sentinel-0', 'sentinel-1', 'sentinel-2'] as const satisfies readonly ServerName[];

describe('lost volumes', () => {
  test('a primary that comes back without its data hands over and does not wipe the others', async () => {
    const cluster = await settledWithData();
    await cluster.kill('redis-0');
    await cluster.wipe('redis-0');
    cluster.start('redis-0');
    expect(await cluster.settled()).not.toBe('redis-0');
    for (const node of nodes) expect(await cluster.cli(node, 'GET', 'key')).toBe('value');
  }, 120_000);

  test('a Sentinel without its record adopts what its fellows know, also while the primary is away', async () => {
    const cluster = await settledWithData({ SENTINEL_DOWN_AFTER_MS: '3600000' });
    await cluster.kill('redis-0', 'sentinel-0');
    await cluster.wipe('sentinel-0');
    cluster.start('sentinel-0');
    const port = String(cluster.port('redis-0'));
    await waitFor('it monitors the primary', async () => (await cluster.monitored('sentinel-0')).get('port') === port);
  }, 120_000);

  test('without any record of the Sentinels no node chooses by itself; people do, by one value', async () => {
    const cluster = await settledWithData();
    await cluster.stopAll();
    await cluster.wipe(...sentinels);
    cluster.startAll();
    await waitFor('all nodes refuse', () => nodes.every((node) => !cluster.isRunning(node)));
    for (const node of nodes) {
      expect(await cluster.log(node)).toContain(
        'moorline: refuses to start: the Sentinels remember no primary, and no node is primary; set redis.bootstrap.forcePrimary to the ordinal of the node with the newest data',
      );
    }

    cluster.env = { FORCE_PRIMARY: '1' };
    cluster.start(...nodes);
    expect(await cluster.settled()).toBe('redis-1');
    for (const node of nodes) expect(await cluster.cli(node, 'GET', 'key')).toBe('value');
  }, 180_000);

  test('the forced value does not overrule Sentinels that know a primary', async () => {
    const cluster = await settledWithData();
    cluster.env = { FORCE_PRIMARY: '1' };
    await cluster.stopAll();
    cluster.startAll();
    expect(await cluster.settled()).toBe('redis-0');
  }, 120_000);

  test('when every node says that it is empty, the one that is named starts anew', async () => {
    const cluster = await settledWithData();
    await cluster.stopAll();
    await cluster.wipe(...nodes);
    cluster.startAll();
    expect(await cluster.settled()).toBe('redis-0');
    expect(await cluster.cli('redis-0', 'EXISTS', 'key')).toBe('0');
  }, 120_000);

  test('an empty node that is named does not start while the others are silent', async () => {
    const cluster = await settledWithData();
    await cluster.stop(...nodes);
    await cluster.wipe('redis-0');
    cluster.start('redis-0');
    await waitFor('it refuses', () => !cluster.isRunning('redis-0'));
    expect(await cluster.log('redis-0')).toMatch(
      /refuses to start: .* its volume is empty and a node that does not answer may hold data/,
    );
  }, 120_000);
});

async function settledWithData(env: Record<string, string> = {}): Promise<ScriptedCluster> {
  const cluster = await createScriptedCluster({ env });
  cluster.startAll();
  await cluster.settled();
  await cluster.cli('redis-0', 'SET', 'key', 'value');
  await waitFor('the replicas have it', async () => (await cluster.cli('redis-0', 'WAIT', '2', '1000')) === '2');
  return cluster;
}
