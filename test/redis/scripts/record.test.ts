import { expect, test } from '@jest/globals';
import { createScriptedCluster } from '../support/scripted-cluster.js';

test('Sentinels that have lost all they knew, and a record: the node that it names is primary again, with its data', async () => {
  const cluster = await createScriptedCluster();
  cluster.startAll();
  await cluster.settled();
  await cluster.cli('redis-0', 'SET', 'key', 'value');
  await cluster.stopAll();

  await cluster.wipe('sentinel-0', 'sentinel-1', 'sentinel-2');
  cluster.record('test-moorline-redis-2', 7);
  cluster.startAll();
  expect(await cluster.settled()).toBe('redis-2');
  expect(await cluster.cli('redis-2', 'GET', 'key')).toBe('value');
  expect(await cluster.log('redis-2')).toContain('the record of the agent names this node');
}, 180_000);
