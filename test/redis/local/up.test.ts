import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isAlive } from '../../../cdk8s/local/supervisor/processes.js';
import { readState } from '../../../cdk8s/local/supervisor/state.js';
import { ChecksumRun } from '../../../examples/checksum/checksum-run.js';
import { sha256sums } from '../../../examples/checksum/files.js';
import { waitFor } from '../support/wait-for.js';
import { checkJobs, isDone } from './check-jobs.js';
import { makeFiles } from './files.js';
import { LocalInstance } from './local-instance.js';

// One instance for the whole file; the tests follow each other as in the life of a user.
const testMs = 180_000;
const names = ['redis-0', 'redis-1', 'redis-2', 'sentinel-0', 'sentinel-1', 'sentinel-2', 'gateway-0', 'worker-0'];
const instance = new LocalInstance();
let firstOutput = '';

beforeAll(async () => {
  firstOutput = await instance.make('up');
}, testMs);

afterAll(async () => {
  await instance.dispose();
}, testMs);

test('up tells that a job went through, and what to do next', () => {
  expect(firstOutput).toMatch(/✓ job \S+ went through Redis, was run by moorline-worker-0 and came back in \d+ ms/);
  expect(firstOutput).toContain(instance.connection()['MOORLINE_URL']);
  expect(firstOutput).toContain('make demo');
});

test(
  'there is one primary with two replicas, and all Sentinels name it',
  async () => {
    const status = await instance.status();
    expect(status.map(({ name }) => name).sort()).toEqual([...names].sort());
    const roles = Object.fromEntries(status.map(({ name, role }) => [name, role]));
    expect(roles).toEqual({
      'redis-0': 'primary',
      'redis-1': 'replica',
      'redis-2': 'replica',
      'sentinel-0': 'names redis-0',
      'sentinel-1': 'names redis-0',
      'sentinel-2': 'names redis-0',
      'gateway-0': 'ready',
      'worker-0': 'ready',
    });
    for (const { name, pid } of status) expect(pid).toBe(instance.pid(name));
  },
  testMs,
);

test('addresses and secrets are in one private file, and in no command line or environment', () => {
  const { MOORLINE_TOKEN = '', REDIS_PASSWORD = '', SENTINEL_PASSWORD = '', ...addresses } = instance.connection();
  expect(Object.keys(addresses).sort()).toEqual(['MOORLINE_URL', 'REDIS_URI']);
  expect(statSync(instance.home.envFile).mode & 0o777).toBe(0o600);
  expect(statSync(instance.home.root).mode & 0o777).toBe(0o700);
  for (const { pid } of instance.identities()) {
    const visible = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
    for (const secret of [MOORLINE_TOKEN, REDIS_PASSWORD, SENTINEL_PASSWORD]) {
      expect(secret).toMatch(/^[0-9a-f]{48}$/);
      expect(visible).not.toContain(secret);
    }
  }
});

test(
  'nothing listens but on 127.0.0.1',
  async () => {
    for (const { port } of await instance.status()) {
      expect(await accepts('127.0.0.1', port)).toBe(true);
      expect(await accepts('127.0.0.2', port)).toBe(false);
    }
  },
  testMs,
);

test(
  'a second up says that it is up already and touches nothing',
  async () => {
    const before = names.map((name) => instance.pid(name));
    const [one, other] = await Promise.all([instance.make('up'), instance.make('up')]);
    for (const output of [one, other]) expect(output).toContain('Moorline is up already.');
    expect(names.map((name) => instance.pid(name))).toEqual(before);
  },
  testMs,
);

test(
  'kill -9 of the primary loses no acknowledged job; another takes over, and the killed one follows it',
  async () => {
    const killed = (await instance.primary()) ?? '';
    const ids = await checkJobs(instance.gateway(), 40, (batch) => {
      if (batch === 10) instance.kill(killed, 'SIGKILL');
    });
    for (const id of ids) await isDone(instance.gateway(), id);
    const now = await waitFor('another primary', async () => {
      const status = await instance.status();
      return status.find(({ name }) => name === killed)?.role === 'replica' && status;
    });
    expect(now.filter(({ role }) => role === 'primary')).toHaveLength(1);
    expect(now.find(({ name }) => name === killed)?.restarts).toBe(1);
  },
  testMs,
);

test(
  'kill -9 of gateway, worker and a Sentinel: each runs again, and jobs go through',
  async () => {
    const victims = ['gateway-0', 'worker-0', 'sentinel-1'];
    const before = victims.map((name) => instance.pid(name));
    for (const name of victims) instance.kill(name, 'SIGKILL');
    await waitFor('new processes', () =>
      victims.every((name, index) => ![0, before[index]].includes(instance.pid(name))),
    );
    const ids = await checkJobs(instance.gateway(), 3);
    for (const id of ids) await isDone(instance.gateway(), id);
  },
  testMs,
);

test(
  'a frozen primary is replaced, and follows when it wakes',
  async () => {
    const frozen = (await instance.primary()) ?? '';
    instance.kill(frozen, 'SIGSTOP');
    const ids = await checkJobs(instance.gateway(), 3);
    for (const id of ids) await isDone(instance.gateway(), id);
    expect((await instance.status()).find(({ name }) => name === frozen)?.role).toBe('does not answer');
    instance.kill(frozen, 'SIGCONT');
    await waitFor(
      'the woken one follows',
      async () => (await instance.status()).find(({ name }) => name === frozen)?.role === 'replica',
      { deadlineMs: 90_000 },
    );
  },
  testMs,
);

test(
  'the demo hashes every file right while the primary and the worker are killed',
  async () => {
    const files = await makeFiles(join(instance.directory, 'files'), 500);
    const primary = (await instance.primary()) ?? '';
    const worker = instance.pid('worker-0');
    const run = new ChecksumRun(instance.gateway(), files, ({ collected }) => {
      if (collected === 50) instance.kill(primary, 'SIGKILL');
      if (collected === 100) process.kill(worker, 'SIGKILL');
    });
    expect(await run.hashes()).toEqual(await sha256sums(files));
    await waitFor('another worker', () => ![0, worker].includes(instance.pid('worker-0')));
  },
  testMs,
);

test(
  'make demo finds the instance and prints what came out',
  async () => {
    const demo = fileURLToPath(new URL('../../../examples/checksum/demo.js', import.meta.url));
    const environment = { ...process.env, MOORLINE_HOME: instance.home.root };
    const directory = join(instance.directory, 'files');
    const { stdout } = await promisify(execFile)(process.execPath, [demo, directory], { env: environment });
    expect(stdout).toContain('500 of 500 hashed');
    expect(stdout).toMatch(/^files 500, missing 0, different 0$/m);
  },
  testMs,
);

test(
  'when the supervisor was killed, up puts everything in order again',
  async () => {
    const before = instance.identities();
    process.kill(readState(instance.home)?.supervisor.pid ?? 0, 'SIGKILL');
    expect(await instance.make('up')).toContain('Moorline is up, after');
    expect(before.filter(isAlive)).toEqual([]);
  },
  testMs,
);

test(
  'down leaves nothing but the data, and the next up has it',
  async () => {
    await instance.gateway().enqueue('nobody-handles', [{ id: 'kept', data: { over: 'night' } }]);
    const before = instance.identities();
    expect(await instance.make('down')).toContain('Nothing runs; the data is kept in');
    expect(before).toHaveLength(9);
    expect(before.filter(isAlive)).toEqual([]);
    expect(readdirSync(instance.home.root)).toEqual(['data']);
    await instance.make('up');
    expect(await instance.gateway().job('nobody-handles', 'kept')).toMatchObject({ state: 'ready' });
  },
  testMs,
);

test(
  'down can remove the data as well; then nothing is left',
  async () => {
    expect(await instance.make('down', '--delete-data')).toMatch(/^Nothing runs\.$/m);
    expect(existsSync(instance.home.root)).toBe(false);
    expect(await instance.make('down')).toBe('Nothing runs.\n');
    expect(readdirSync(instance.directory)).toEqual(['files']);
    expect((await instance.run(['status'])).stderr).toMatch(
      /^moorline: nothing is up in .*; start it with: make up\n$/,
    );
    expect(existsSync(join(instance.directory, 'home'))).toBe(false);
  },
  testMs,
);

async function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
