import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RedisQueues } from '../../../app/queue/queues.js';
import type { RedisConnections } from '../../../app/redis/index.js';
import { serverName, shownCertificate, testAuthority, writeCertificate } from '../support/certificates.js';
import { connectReady } from '../support/connect.js';
import {
  createScriptedCluster,
  serverNames,
  type ScriptedCluster,
  type ServerName,
} from '../support/scripted-cluster.js';
import { steadyCalls } from '../support/steady-calls.js';
import { waitFor } from '../support/wait-for.js';

const testMs = 180_000;
const tls = join(mkdtempSync(join(tmpdir(), 'moorline-tls-')), 'tls');
const authority = testAuthority();
const passwords = { redis: 'admin', sentinel: 'watch', app: 'work "quoted"', replication: 'copy', exporter: 'read' };
const nodes = serverNames.filter((name) => name.startsWith('redis-'));
const sentinels = serverNames.filter((name) => name.startsWith('sentinel-'));
const forbidden = [
  ['CONFIG', 'GET', 'masterauth'],
  ['CONFIG', 'SET', 'maxmemory', '1'],
  ['ACL', 'LIST'],
  ['REPLICAOF', 'NO', 'ONE'],
  ['SHUTDOWN', 'NOSAVE'],
  ['FLUSHALL', 'ASYNC'],
  ['KEYS', '*'],
  ['CLIENT', 'KILL', 'TYPE', 'normal'],
  ['EVAL', 'return 1', '0'],
  ['FUNCTION', 'FLUSH'],
  ['GET', 'key-of-another-application'],
  ['PUBLISH', 'channel-of-another-application', ''],
] as const;
let cluster: ScriptedCluster;

// One cluster for the whole file, with all that there is: over TLS alone, and everybody is a user of its own.
beforeAll(async () => {
  writeCertificate(tls, authority);
  cluster = await createScriptedCluster({ redisPassword: passwords.redis, sentinelPassword: passwords.sentinel });
  for (const name of ['app', 'replication', 'exporter'] as const) write(name, passwords[name]);
  cluster.env = {
    TLS_DIR: tls,
    APP_PASSWORD_FILE: cluster.passwordFile('app'),
    REPLICATION_PASSWORD_FILE: cluster.passwordFile('replication'),
    EXPORTER_PASSWORD_FILE: cluster.passwordFile('exporter'),
  };
  cluster.startAll();
  await cluster.settled();
}, testMs);

afterAll(() => {
  rmSync(join(tls, '..'), { recursive: true });
});

test('all servers are alive and ready by their probes, and answer over TLS alone', async () => {
  for (const probe of ['live', 'ready'] as const) {
    expect(await Promise.all(serverNames.map((name) => cluster.probe(name, probe)))).toEqual(serverNames.map(() => 0));
  }
  expect(await cluster.cli('redis-0', 'CONFIG', 'GET', 'port')).toBe('port\n0');
});

describe('the application', () => {
  test('does all of its work as a user of its own', async () => {
    const redis = await connectApp();
    expect(String(await redis.command(['ACL', 'WHOAMI']))).toBe('moorline');
    const queues = new RedisQueues(redis, { durability: 'replicated' });
    await putThrough(queues);
    const subscribed = await redis.subscribe('moorline:test', { onMessage: () => undefined });
    expect(await redis.publish('moorline:test', 'hello')).toBe(1);
    subscribed();
    await queues.close();
  });

  test('may do nothing else', async () => {
    const redis = await connectApp();
    for (const command of forbidden) {
      const refused = await redis.command(command).then(
        () => 'allowed',
        (error: unknown) => (error as Error).message,
      );
      expect([command, refused]).toEqual([command, expect.stringContaining('NOPERM')]);
    }
  });
});

test('replicas log in as the user of replication, which may do nothing else', async () => {
  const clients = await cluster.cli('redis-0', 'CLIENT', 'LIST', 'TYPE', 'replica');
  expect(clients.match(/user=\w+/g)).toEqual(['user=replication', 'user=replication']);
  expect(await cluster.cli('redis-0', 'ACL', 'DRYRUN', 'replication', 'GET', 'ml:queues')).toContain('no permissions');
  expect(await cluster.cli('redis-0', 'ACL', 'DRYRUN', 'exporter', 'INFO')).toBe('OK');
  expect(await cluster.cli('redis-0', 'ACL', 'DRYRUN', 'exporter', 'GET', 'ml:queues')).toContain('no permissions');
});

test(
  'a primary hands over before it stops',
  async () => {
    const stopped = await cluster.settled();
    const redis = await connectApp();
    const calls = steadyCalls(() => writeOnceOrTwice(redis));
    await calls.goesOn();
    expect(await cluster.probe(stopped, 'stop')).toBe(0);
    await cluster.stop(stopped);
    cluster.start(stopped);
    expect(await cluster.settled()).not.toBe(stopped);
    await calls.goesOn();
    expect(calls.failures).toEqual([]);
  },
  testMs,
);

test(
  'all passwords are replaced under load: nobody is refused, and the former ones are worth nothing',
  async () => {
    const redis = await connectApp();
    const calls = steadyCalls(() => writeOnceOrTwice(redis));
    await calls.goesOn();
    const next = Object.fromEntries(Object.keys(passwords).map((name) => [name, `new-${name}`]));

    for (const [name, password] of Object.entries(next)) write(`${name}-next`, password);
    await everyServerKnows(next, '-next');
    for (const [name, password] of Object.entries(passwords)) write(`${name}-previous`, password);
    for (const [name, password] of Object.entries(next)) {
      write(name, password);
      rmSync(cluster.passwordFile(`${name}-next`));
    }
    await everyServerKnows(next, '');
    const primary = await cluster.settled();
    // Whoever connects anew logs in with what is in its file now.
    await cluster.cli(primary, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await calls.goesOn();
    for (const name of Object.keys(passwords)) rmSync(cluster.passwordFile(`${name}-previous`));
    await waitFor('the former passwords are refused', async () => {
      const users = await Promise.all(serverNames.map((name) => cluster.cli(name, 'ACL', 'LIST')));
      return users.every((list) => list.split('\n').every((line) => line.match(/#[0-9a-f]{64}/g)?.length === 1));
    });
    await cluster.cli(primary, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await cluster.cli(primary, 'CLIENT', 'KILL', 'TYPE', 'replica');
    await calls.goesOn();
    expect(calls.failures).toEqual([]);

    // The links that were cut are there again: only then is there a replica to choose.
    expect(await cluster.settled()).toBe(primary);
    await cluster.kill(primary);
    const promoted = await waitFor(
      'a failover with the new passwords',
      async () => {
        const name = await cluster.named();
        return name !== primary && name;
      },
      { deadlineMs: 90_000 },
    );
    cluster.start(primary);
    expect(await cluster.settled()).toBe(promoted);
    await calls.goesOn();
  },
  testMs,
);

test(
  'a certificate that is renewed is shown by the nodes at once and by one Sentinel after the other',
  async () => {
    const before = await shown(serverNames);
    writeCertificate(tls, authority);
    await waitFor('the nodes show it', async () => differs(before.slice(0, 3), await shown(nodes)));
    const down = new Set<ServerName>();
    const renewed = new Set<ServerName>();
    await waitFor(
      'each Sentinel has ended itself once',
      () => {
        for (const name of sentinels) {
          if (cluster.isRunning(name)) down.delete(name);
          else {
            down.add(name);
            renewed.add(name);
            cluster.start(name);
          }
        }
        expect(down.size).toBeLessThan(2);
        return renewed.size === sentinels.length;
      },
      { deadlineMs: 90_000 },
    );
    await cluster.settled();
    expect(differs(before, await shown(serverNames))).toBe(true);
    const redis = await connectApp();
    expect(String(await redis.command(['PING']))).toBe('PONG');
  },
  testMs,
);

function write(name: string, password: string): void {
  cluster.write(`passwords/${name}`, password);
}

const connectApp = (): Promise<RedisConnections> =>
  connectReady(
    `rediss+sentinel://${cluster.sentinelPorts.map((port) => `127.0.0.1:${port}`).join(',')}/${cluster.primaryName}`,
    {
      REDIS_USER: 'moorline',
      REDIS_PASSWORD_FILE: cluster.passwordFile('app'),
      SENTINEL_PASSWORD_FILE: cluster.passwordFile('sentinel'),
      REDIS_TLS_CA_FILE: join(tls, 'ca.crt'),
      REDIS_TLS_SERVERNAME: serverName,
    },
  );

async function putThrough(queues: RedisQueues): Promise<void> {
  await queues.enqueue('mail', [{ id: 'one', data: 1 }]);
  const [job] = await queues.claim('mail', { max: 1, leaseMs: 60_000, worker: 'w' });
  expect(job).toMatchObject({ id: 'one' });
}

/** As every client of the queue does it, since a call whose connection is lost may or may not have been done. */
async function writeOnceOrTwice(redis: RedisConnections): Promise<void> {
  const write = () => redis.command(['SET', 'moorline:test', '1'], { deadlineMs: 20_000 });
  await write().catch(write);
}

/** As the servers publish it, for whoever replaces them. */
async function everyServerKnows(wanted: Readonly<Record<string, string>>, suffix: string): Promise<void> {
  const lines = Object.entries(wanted).map(
    ([name, password]) =>
      `${createHash('sha256').update(password).digest('hex')}  ${cluster.passwordFile(name)}${suffix}`,
  );
  await waitFor(`every server knows the new passwords ${suffix}`, () =>
    serverNames.every((server) => {
      const known = readFileSync(join(cluster.environment(server)['RUN_DIR'] ?? '', 'passwords'), 'utf8');
      return lines.every((line) => known.includes(`${line}\n`));
    }),
  );
}

const shown = (names: readonly ServerName[]): Promise<string[]> =>
  Promise.all(names.map((name) => shownCertificate(cluster.port(name), authority)));

const differs = (before: readonly string[], after: readonly string[]): boolean =>
  after.every((serial, at) => serial !== before[at]);
