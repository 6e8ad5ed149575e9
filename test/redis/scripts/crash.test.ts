import { describe, expect, test } from '@jest/globals';
import {
  createScriptedCluster,
  serverNames,
  type ScriptedCluster,
  type ServerName,
} from '../support/scripted-cluster.js';
import { waitFor } from '../support/wait-for.js';
import { startWriters } from '../support/writers.js';

const nodes = ['redis-0', 'redis-1', 'redis-2'] as const satisfies readonly ServerName[];
const replicas = ['redis-1', 'redis-2'] as const satisfies readonly ServerName[];

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
      await waitFor(`${node} is up to date`, async () => (await missing(cluster, node, writers.confirmed)) === 0);
    }
  }, 120_000);

  test('it hands over to the replica that has confirmed the most, though Sentinel has not looked for seconds', async () => {
    const cluster = await settledCluster();
    // Where it knows of no difference, Sentinel takes the smaller run id: that one shall be behind.
    const [behind, ahead] = await sortedBy(replicas, (node) => runId(cluster, node));
    process.kill(cluster.pid(behind), 'SIGSTOP');
    // More than the buffers of its connection hold.
    for (let at = 0; at < 16; at += 1) await cluster.cli('redis-0', 'EVAL', bigWrite, '1', `big:${at}`);
    expect(await cluster.cli('redis-0', 'WAIT', '1', '10000')).toBe('1');
    await cluster.kill('redis-0');
    process.kill(cluster.pid(behind), 'SIGCONT');

    cluster.start('redis-0');
    expect(await cluster.settled()).toBe(ahead);
    expect(await cluster.cli(ahead, 'DBSIZE')).toBe('16');
  }, 120_000);

  test('where no replica is fit to replace it, it starts as primary again and says so', async () => {
    const cluster = await settledCluster();
    await cluster.cli('redis-0', 'SET', 'key', 'value');
    for (const node of replicas) await cluster.cli(node, 'CONFIG', 'SET', 'replica-priority', '0');
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

const bigWrite = "return redis.call('SET', KEYS[1], string.rep('x', 2 * 1024 * 1024))";

async function settledCluster(): Promise<ScriptedCluster> {
  const cluster = await createScriptedCluster();
  cluster.startAll();
  await cluster.settled();
  return cluster;
}

async function runId(cluster: ScriptedCluster, node: ServerName): Promise<string> {
  return /run_id:(\w+)/.exec(await cluster.cli(node, 'INFO', 'server'))?.[1] ?? '';
}

async function sortedBy<T>([a, b]: readonly [T, T], key: (item: T) => Promise<string>): Promise<[T, T]> {
  return (await key(a)) < (await key(b)) ? [a, b] : [b, a];
}

/** How many of the keys a node does not have. */
async function missing(cluster: ScriptedCluster, node: ServerName, keys: readonly string[]): Promise<number> {
  let found = 0;
  for (let at = 0; at < keys.length; at += 500)
    found += Number(await cluster.cli(node, 'EXISTS', ...keys.slice(at, at + 500)));
  return keys.length - found;
}
