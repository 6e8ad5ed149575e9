import { describe, expect, test } from '@jest/globals';
import {
  createScriptedCluster,
  serverNames,
  type ScriptedCluster,
  type ServerName,
} from '../support/scripted-cluster.js';
import { missingKeys } from '../support/missing-keys.js';
import { setPriorities } from '../support/replica-priorities.js';
import { waitFor } from '../support/wait-for.js';
import { startWriters } from '../support/writers.js';

const nodes = ['redis-0', 'redis-1', 'redis-2'] as const satisfies readonly ServerName[];

describe('a crash of the primary', () => {
  test('killed and restarted at once, it hands over to a replica and loses no confirmed write', async () => {
    const cluster = await settledCluster();
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
    for (const node of nodes) {
      await waitFor(`${node} is up to date`, async () => (await missingKeys(cluster, node, writers.confirmed)) === 0);
    }
  }, 120_000);

  test('it hands over to the replica that has confirmed the most, though Sentinel has not looked for seconds', async () => {
    const cluster = await settledCluster();
    const behind = await preferredReplica(cluster, 'sentinel-0');
    const ahead = behind === 'redis-1' ? 'redis-2' : 'redis-1';
    process.kill(cluster.pid(behind), 'SIGSTOP');
    // More than the buffers of its connection hold.
    await cluster.cli('redis-0', 'EVAL', bigWrites, '0');
    expect(await cluster.cli('redis-0', 'WAIT', '1', '10000')).toBe('1');
    await cluster.kill('redis-0');
    process.kill(cluster.pid(behind), 'SIGCONT');

    cluster.start('redis-0');
    expect(await cluster.settled()).toBe(ahead);
    expect(await cluster.log('redis-0')).toContain('the replicas differ, and Sentinel looks at them first');
    expect(await cluster.cli(ahead, 'DBSIZE')).toBe('16');
  }, 120_000);

  test('where no replica is fit to replace it, it starts as primary again and says so', async () => {
    const cluster = await settledCluster();
    await cluster.cli('redis-0', 'SET', 'key', 'value');
    await setPriorities(cluster, '0');
    await cluster.kill('redis-0');
    cluster.start('redis-0');
    expect(await cluster.settled()).toBe('redis-0');
    expect(await cluster.log('redis-0')).toContain('the Sentinels find no replica fit to replace it');
    expect(await cluster.cli('redis-0', 'GET', 'key')).toBe('value');
  }, 120_000);
});

test('a crash of all six servers together keeps the primary and the data', async () => {
  const cluster = await settledCluster();
  await cluster.cli('redis-0', 'SET', 'key', 'value');
  expect(await cluster.cli('redis-0', 'WAIT', '2', '10000')).toBe('2');
  await cluster.kill(...serverNames);
  cluster.startAll();
  expect(await cluster.settled()).toBe('redis-0');
  for (const node of nodes) expect(await cluster.cli(node, 'GET', 'key')).toBe('value');
}, 120_000);

const bigWrites = "for at = 1, 16 do redis.call('SET', 'big:' .. at, string.rep('x', 2 * 1024 * 1024)) end";

async function settledCluster(): Promise<ScriptedCluster> {
  const cluster = await createScriptedCluster();
  cluster.startAll();
  await cluster.settled();
  return cluster;
}

/** The one that a Sentinel would promote by what it has seen last: the highest offset, then the smaller run id. */
async function preferredReplica(cluster: ScriptedCluster, sentinel: ServerName): Promise<'redis-1' | 'redis-2'> {
  const lines = (await cluster.cli(sentinel, 'SENTINEL', 'REPLICAS', cluster.primaryName)).split('\n');
  const values = (name: string): string[] => lines.filter((_, at) => at % 2 === 1 && lines[at - 1] === name);
  const [ports, offsets, runIds] = [values('port'), values('slave-repl-offset').map(Number), values('runid')];
  const [first = 0, second = 0] = offsets;
  const [firstRunId = '', secondRunId = ''] = runIds;
  const preferred = ports[first > second || (first === second && firstRunId < secondRunId) ? 0 : 1];
  return preferred === String(cluster.port('redis-1')) ? 'redis-1' : 'redis-2';
}
