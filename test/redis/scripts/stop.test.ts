import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { missingKeys } from '../support/missing-keys.js';
import { setPriorities } from '../support/replica-priorities.js';
import { createScriptedCluster, type ScriptedCluster, type ServerName } from '../support/scripted-cluster.js';
import { waitFor } from '../support/wait-for.js';
import { startWriters } from '../support/writers.js';

const nodes = ['redis-0', 'redis-1', 'redis-2'] as const satisfies readonly ServerName[];
const sentinels = ['sentinel-0', 'sentinel-1', 'sentinel-2'] as const satisfies readonly ServerName[];
const testMs = 180_000;
const directory = mkdtempSync(join(tmpdir(), 'moorline-stop-'));
let cluster: ScriptedCluster;

// One cluster for the whole file. Its Sentinels take nobody for down by themselves: a failover is one that was asked for.
beforeAll(async () => {
  cluster = await createScriptedCluster({ env: { SENTINEL_DOWN_AFTER_MS: '600000' } });
  cluster.startAll();
  await cluster.settled();
}, testMs);

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('a replica that stops changes nothing', async () => {
  expect(await endOf(runStop('redis-1'))).toEqual({ exitCode: 0, stderr: '' });
});

test('a node without Sentinels has nobody to hand over to', async () => {
  expect(await endOf(runStop('redis-0', { REDIS_MODE: 'standalone' }))).toEqual({ exitCode: 0, stderr: '' });
});

describe('a primary that cannot hand over serves on until it is stopped', () => {
  test(
    'because a replica that could be chosen is not in sync',
    async () => {
      process.kill(cluster.pid('redis-2'), 'SIGSTOP');
      const { stderr, exitCode } = await endOf(runStop('redis-0'));
      process.kill(cluster.pid('redis-2'), 'SIGCONT');
      expect(stderr).toMatch(/does not hand over: not all replicas that Sentinel could choose are in sync/);
      expect(exitCode).toBe(1);
      await expectServing();
    },
    testMs,
  );

  test(
    'because no replica may be chosen',
    async () => {
      await setPriorities(cluster, '0');
      const { stderr, exitCode } = await endOf(runStop('redis-0'));
      expect(stderr).toBe('moorline: does not hand over: the Sentinels know no replica that could take over\n');
      expect(exitCode).toBe(1);
      await expectServing();
      await setPriorities(cluster, '100');
    },
    testMs,
  );

  test(
    'because its stop script is ended half-way, when writes wait already',
    async () => {
      const asked = join(directory, 'asked');
      const stop = runStop('redis-0', redisCliThat({ "*'SENTINEL FAILOVER'*": `touch ${asked}` }));
      const end = endOf(stop);
      await waitFor('it asks for a failover', () => existsSync(asked));
      const write = cluster.cli('redis-0', 'SET', 'key', 'value');
      await waitFor('a write waits', async () => !(await clients()).includes('blocked_clients:0'));
      stop.kill('SIGTERM');
      expect(await write).toBe('OK');
      expect((await end).exitCode).toBe(143);
      await expectServing();
    },
    testMs,
  );
});

test(
  'a primary hands over without losing a write that it acknowledged, and the next one hands over as well',
  async () => {
    // No replica has confirmed them: the primary alone has said that it has them.
    const writers = startWriters(cluster, 8, 0);
    await waitFor('writes are acknowledged', () => writers.confirmed.length > 500);
    const second = await handOver('redis-0');
    const before = writers.confirmed.length;
    await waitFor('writes are acknowledged again', () => writers.confirmed.length > before + 500);
    // At once: what the Sentinels know of roles must not be older than that.
    await handOver(second);
    await writers.stop();
    for (const node of nodes) {
      await waitFor(`${node} has all`, async () => (await missingKeys(cluster, node, writers.confirmed)) === 0);
    }
  },
  testMs,
);

test(
  'a primary hands over by another Sentinel when one knows no replicas yet and the next one none that is good enough',
  async () => {
    const primary = await cluster.settled();
    const [first, second] = sentinels.map((name) => String(cluster.port(name)));
    await handOver(
      primary,
      redisCliThat({
        [`*'-p ${first} '*'SENTINEL REPLICAS'*`]: ':',
        [`*'-p ${second} '*'SENTINEL FAILOVER'*`]: "echo 'NOGOODSLAVE No suitable replica to promote'",
      }),
    );
  },
  testMs,
);

test(
  'a primary that has handed over has the other replicas follow its successor, for Sentinel may have left them behind',
  async () => {
    const orders = join(directory, 'orders');
    const real = `PATH='${cluster.environment('redis-0')['PATH'] ?? ''}' redis-cli "$@"`;
    const primary = await cluster.settled();
    const next = await handOver(primary, redisCliThat({ "*' REPLICAOF '*": `echo "$*" >>${orders}; ${real}` }));
    const told = (await readFile(orders, 'utf8')).trim().split('\n');
    const follower = nodes.find((node) => node !== primary && node !== next) ?? next;
    for (const node of [primary, follower]) {
      const order = new RegExp(`-p ${cluster.port(node)} .*REPLICAOF 127\\.0\\.0\\.1 ${cluster.port(next)}$`);
      expect(told).toContainEqual(expect.stringMatching(order));
    }
    expect(told).toHaveLength(2);
  },
  testMs,
);

test(
  'a primary hands over by another Sentinel when the one that it asked is killed, and by one that is told to stop meanwhile',
  async () => {
    const primary = await cluster.settled();
    const killed = `kill -9 ${cluster.pid('sentinel-0')}; echo OK`;
    const next = await handOver(
      primary,
      redisCliThat({ [`*'-p ${cluster.port('sentinel-0')} '*'SENTINEL FAILOVER'*`]: killed }),
      () => {
        cluster.start('sentinel-0');
      },
    );
    const others = nodes.filter((node) => node !== next);
    for (const node of others) process.kill(cluster.pid(node), 'SIGSTOP');
    expect(await cluster.cli('sentinel-0', 'SENTINEL', 'FAILOVER', cluster.primaryName)).toBe('OK');
    const stopped = cluster.probe('sentinel-0', 'stop');
    for (const node of others) process.kill(cluster.pid(node), 'SIGCONT');
    expect(await stopped).toBe(0);
    const named = await cluster.cli('sentinel-0', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', cluster.primaryName);
    expect(named).not.toContain(String(cluster.port(next)));
    expect(await cluster.settled()).not.toBe(next);
  },
  testMs,
);

test(
  'a primary hands over to nobody while the Sentinels do not answer, nor by one that woke up from that and would begin half a minute later',
  async () => {
    const primary = await cluster.settled();
    for (const name of sentinels) process.kill(cluster.pid(name), 'SIGSTOP');
    const unheard = await endOf(runStop(primary));
    for (const name of sentinels) process.kill(cluster.pid(name), 'SIGCONT');
    expect(unheard.stderr).toContain(
      'does not hand over: the Sentinels say unheard, and not that this node is primary',
    );
    expect(unheard.exitCode).toBe(1);
    await expectServing(primary);
    const inTilt = await endOf(runStop(primary));
    expect(inTilt.stderr).toContain('does not hand over: the Sentinels are in TILT mode, in which they begin nothing');
    expect(inTilt.exitCode).toBe(1);
    await expectServing(primary);
  },
  testMs,
);

/** A planned stop and start of the primary. Returns the new one. */
async function handOver(
  primary: ServerName,
  env: Readonly<Record<string, string>> = {},
  afterwards?: () => void,
): Promise<ServerName> {
  const { stderr, exitCode } = await endOf(runStop(primary, env));
  expect(stderr).toMatch(/^moorline: handed over to node [012]\n$/);
  expect(exitCode).toBe(0);
  expect(await cluster.cli(primary, 'ROLE')).toMatch(/^slave\n/);
  await cluster.stop(primary);
  cluster.start(primary);
  afterwards?.();
  const successor = await cluster.settled();
  expect(successor).not.toBe(primary);
  return successor;
}

/** As the kubelet runs it before it stops the container. */
function runStop(name: ServerName, env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn('sh', [resolve('cdk8s/scripts/redis-stop.sh')], {
    env: { ...cluster.environment(name), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

async function endOf(child: ChildProcess): Promise<{ exitCode: number | null; stderr: string }> {
  if (child.stderr === null) throw new Error('Expected a pipe');
  const exit = new Promise<number | null>((done) => child.once('exit', done));
  const [stderr, exitCode] = await Promise.all([text(child.stderr), exit]);
  return { exitCode, stderr };
}

/** A redis-cli that keeps commands to itself: pattern of its arguments -> what is run instead. */
function redisCliThat(instead: Readonly<Record<string, string>>): Record<string, string> {
  const program = join(directory, 'redis-cli');
  const path = cluster.environment('redis-0')['PATH'] ?? '';
  const cases = Object.entries(instead).map(([pattern, program]) => `${pattern}) ${program} ;;`);
  writeFileSync(program, `#!/bin/sh\ncase "$*" in ${cases.join(' ')} *) PATH='${path}' exec redis-cli "$@" ;; esac\n`);
  chmodSync(program, 0o755);
  return { PATH: `${directory}:${path}` };
}

/** It is primary, and no pause holds its writes. */
async function expectServing(name: ServerName = 'redis-0'): Promise<void> {
  expect(await cluster.cli(name, 'ROLE')).toMatch(/^master\n/);
  expect(await cluster.cli(name, 'SET', 'key', 'value')).toBe('OK');
  expect(await clients(name)).toContain('blocked_clients:0');
}

const clients = (name: ServerName = 'redis-0'): Promise<string> => cluster.cli(name, 'INFO', 'clients');
