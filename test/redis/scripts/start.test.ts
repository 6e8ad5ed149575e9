import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createScriptedCluster, serverNames, type ScriptedCluster } from '../support/scripted-cluster.js';
import { waitFor } from '../support/wait-for.js';

describe('the start of a cluster', () => {
  test('six servers started together form one primary, two replicas and three Sentinels that agree', async () => {
    const cluster = await createScriptedCluster();
    cluster.startAll();
    expect(await cluster.settled()).toBe('redis-0');
    expect(await everyProbe(cluster, 'ready')).toEqual(serverNames.map(() => 0));
  });

  test('Sentinels that start after Redis find the same primary', async () => {
    const cluster = await createScriptedCluster();
    cluster.start('redis-2', 'redis-1', 'redis-0');
    await waitFor('the nodes wait for Sentinels', async () =>
      (await cluster.log('redis-1')).includes('waits for a majority of the Sentinels'),
    );
    cluster.start('sentinel-0', 'sentinel-1');
    await waitFor('a majority is enough for the first primary', () => cluster.cli('redis-0', 'PING'));
    cluster.start('sentinel-2');
    expect(await cluster.settled()).toBe('redis-0');
  });

  test('a stop of everything and a start of everything keep the primary, which need not be node 0, and the data', async () => {
    const cluster = await createScriptedCluster();
    cluster.startAll();
    await cluster.settled();
    await cluster.kill('redis-0');
    const promoted = await waitFor('Sentinel promotes another', async () => {
      const name = await cluster.named();
      return name !== 'redis-0' && name;
    });
    cluster.start('redis-0');
    await cluster.settled();
    await cluster.cli(promoted, 'SET', 'key', 'value');

    await cluster.stopAll();
    cluster.startAll();
    expect(await cluster.settled()).toBe(promoted);
    expect(await cluster.cli(promoted, 'GET', 'key')).toBe('value');
  }, 180_000);

  test('addresses that have changed meanwhile are translated', async () => {
    const cluster = await createScriptedCluster();
    cluster.startAll();
    await cluster.settled();
    await cluster.cli('redis-0', 'SET', 'key', 'value');
    await cluster.stopAll();

    await cluster.chooseAddresses();
    cluster.startAll();
    expect(await cluster.settled()).toBe('redis-0');
    expect(await cluster.cli('redis-0', 'GET', 'key')).toBe('value');
    const conf = await readFile(join(cluster.dataDirectory('sentinel-0'), 'sentinel.conf'), 'utf8');
    const ports = [...conf.matchAll(/^sentinel (?:monitor|known-\w+) \S+ \S+ (\d+)/gm)].map(([, port]) => Number(port));
    expect(ports.sort()).toEqual(
      serverNames
        .filter((name) => name !== 'sentinel-0')
        .map((name) => cluster.port(name))
        .sort(),
    );
  }, 180_000);

  test('passwords may hold quotes, backslashes and spaces, also after the Sentinels have rewritten them', async () => {
    const cluster = await createScriptedCluster({
      redisPassword: `it's "quoted" \\n and $HOME #1`,
      sentinelPassword: `"unbalanced \\ other`,
    });
    cluster.startAll();
    await cluster.settled();
    await cluster.stop('sentinel-0', 'sentinel-1', 'sentinel-2');
    cluster.start('sentinel-0', 'sentinel-1', 'sentinel-2');
    expect(await cluster.settled()).toBe('redis-0');
    expect(await everyProbe(cluster, 'ready')).toEqual(serverNames.map(() => 0));
  }, 120_000);

  test('no secret is in the arguments, in the environment or in the log of a server', async () => {
    const cluster = await createScriptedCluster({ redisPassword: 'redis-secret', sentinelPassword: 'sentinel-secret' });
    cluster.startAll();
    await cluster.settled();
    for (const name of serverNames) {
      const pid = cluster.pid(name);
      const seen = [
        await readFile(`/proc/${pid}/cmdline`, 'utf8'),
        await readFile(`/proc/${pid}/environ`, 'utf8'),
        await cluster.log(name),
      ];
      expect(seen.join('\n')).not.toMatch(/redis-secret|sentinel-secret/);
    }
  });

  test('the process that the script starts is the server itself', async () => {
    const cluster = await createScriptedCluster();
    cluster.startAll();
    await cluster.settled();
    for (const name of serverNames) {
      const info = await cluster.cli(name, 'INFO', 'server');
      expect(info).toContain(`process_id:${cluster.pid(name)}`);
    }
  });

  test('every Sentinel looks often, so that a frozen primary is noticed soon, and a new role as well', async () => {
    const cluster = await createScriptedCluster();
    cluster.start('sentinel-0', 'sentinel-1', 'sentinel-2');
    for (const name of ['sentinel-0', 'sentinel-1', 'sentinel-2'] as const) {
      await waitFor(`${name} has been told`, async () => {
        const periods = await cluster.cli(name, 'SENTINEL', 'DEBUG');
        return ['PING-PERIOD\n250\n', 'ASK-PERIOD\n250\n', 'INFO-PERIOD\n1000\n'].every((each) =>
          periods.includes(each),
        );
      });
    }
  });

  test('a standalone node starts as primary and asks nobody', async () => {
    const cluster = await createScriptedCluster({ env: { REDIS_MODE: 'standalone', SENTINEL_NODES: '' } });
    cluster.start('redis-0');
    await waitFor('an answer', () => cluster.cli('redis-0', 'PING'));
    expect(await cluster.cli('redis-0', 'INFO', 'replication')).toContain('role:master');
    expect(await cluster.cli('redis-0', 'CONFIG', 'GET', 'maxmemory')).toBe(`maxmemory\n${192 * 1024 * 1024}`);
    expect(await cluster.probe('redis-0', 'ready')).toBe(0);
  });

  test.each([
    [
      'a missing variable',
      { PRIMARY_NAME: '' },
      'moorline: expected PRIMARY_NAME in the environment, but it is empty or missing',
    ],
    [
      'an unknown mode',
      { REDIS_MODE: 'cluster' },
      'moorline: expected REDIS_MODE to be sentinel or standalone, got cluster',
    ],
    ['a pod without an ordinal', { POD_NAME: 'redis' }, 'moorline: expected POD_NAME to end in an ordinal, got redis'],
    [
      'a missing password',
      { REDIS_PASSWORD_FILE: '/nowhere' },
      'moorline: expected a password in /nowhere, but the file cannot be read',
    ],
  ])('%s ends the start with one line', async (_, env, line) => {
    const cluster = await createScriptedCluster({ env });
    cluster.start('redis-0');
    await waitFor('it ends', () => !cluster.isRunning('redis-0'));
    expect((await cluster.log('redis-0')).trimEnd()).toBe(line);
  });
});

describe('the probes', () => {
  test('a replica that has lost its primary is alive but not ready, a frozen one is not alive', async () => {
    const cluster = await createScriptedCluster({ env: { SENTINEL_DOWN_AFTER_MS: '3600000' } });
    cluster.startAll();
    await cluster.settled();
    await cluster.kill('redis-0');
    await waitFor('the replica is not ready', async () => (await cluster.probe('redis-1', 'ready')) !== 0);
    expect(await cluster.probe('redis-1', 'live')).toBe(0);
    process.kill(cluster.pid('redis-1'), 'SIGSTOP');
    expect(await cluster.probe('redis-1', 'live')).toBe(1);
  });

  test('a Sentinel that names nobody is alive but not ready', async () => {
    const cluster = await createScriptedCluster();
    cluster.start('sentinel-0');
    await waitFor('it is alive', async () => (await cluster.probe('sentinel-0', 'live')) === 0);
    expect(await cluster.probe('sentinel-0', 'ready')).toBe(1);
  });
});

async function everyProbe(cluster: ScriptedCluster, probe: 'ready' | 'live'): Promise<number[]> {
  return Promise.all(serverNames.map((name) => cluster.probe(name, probe)));
}
