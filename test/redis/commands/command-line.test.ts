import { execFile, type ExecFileException } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { startMoorline } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const entry = fileURLToPath(new URL('../../../app/main.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function moorline(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [entry, ...args],
      { env: { PATH: process.env.PATH, ...env } },
      (error: ExecFileException | null, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

describe('the command line by itself', () => {
  test.each([
    [],
    ['gateway'],
    ['worker'],
    ['secrets'],
    ['enqueue'],
    ['queue'],
    ['queue', 'replay'],
    ['schedule'],
    ['workers'],
    ['epoch', 'accept'],
    ['port-forward'],
  ])('`moorline %s %s` has help', async (...args) => {
    const { code, stdout } = await moorline([...args, '--help']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: moorline/)]);
  });

  test('tells its version', async () => {
    expect(await moorline(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  test.each<[string[], RegExp]>([
    [['nonsense'], /unknown command/],
    [['gateway', '--nonsense'], /unknown option/],
    [['enqueue'], /missing required argument/],
    [['enqueue', 'q'], /either the data/],
    [['enqueue', 'q', 'no json'], /Expected JSON/],
    [['enqueue', 'q', '1', '--priority', 'high'], /whole number/],
    [['enqueue', 'q', '--ndjson', 'x', '--wait'], /--wait/],
    [['queue', 'purge', 'q'], /exactly one of/],
    [['schedule', 'set', 'q', 's', '1', '--start-at', 'soon'], /--start-at/],
    [['secrets', 'fill', '--name', 'x'], /--namespace/],
    [['gateway'], /^REDIS_URI: required/],
    [['worker', '--handlers', '/nowhere.mjs'], /^REDIS_URI: required/],
  ])('%j is wrong usage: code 2, told on standard error', async (args, message) => {
    expect(await moorline(args)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
  });

  test('handlers that do not load stop a worker with one line', async () => {
    const { code, stderr } = await moorline(['worker', '--handlers', '/nowhere.mjs'], {
      REDIS_URI: 'redis://127.0.0.1:1',
    });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^\/nowhere\.mjs: expected an ES module[^\n]*\n$/)]);
  });

  test('no gateway at the address is code 3', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await moorline(['queue', 'list'], { MOORLINE_URL: url })).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/^No gateway answers at http.*ECONNREFUSED.*\n$/),
    });
  });

  test('a port that is taken is one line', async () => {
    const redis = await startRedis();
    const { code, stderr } = await moorline(['gateway'], {
      REDIS_URI: `redis://${redis.address}`,
      MOORLINE_HOST: '127.0.0.1',
      MOORLINE_PORT: String(redis.port),
    });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^[^\n]*EADDRINUSE[^\n]*\n$/)]);
  });
});

describe('the command line against a gateway', () => {
  let directory: string;
  let env: Record<string, string>;
  let redis: RedisServer;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'moorline-cli-'));
    const file = join(directory, 'handlers.mjs');
    await writeFile(
      file,
      'export default { double: ({ data }) => data * 2, fail: () => { throw { message: "no", retry: false }; } }',
    );
    redis = await startRedis();
    const common = { REDIS_URI: `redis://${redis.address}` };
    const gateway = await startMoorline('gateway', { ...common, MOORLINE_TOKEN: 'secret' });
    await startMoorline('worker', { ...common, MOORLINE_WORKER_HANDLERS: file });
    env = { MOORLINE_URL: gateway.url, MOORLINE_TOKEN: 'secret' };
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('enqueues a job, waits for it and prints its result', async () => {
    expect(await moorline(['enqueue', 'double', '21', '--wait'], env)).toEqual({ code: 0, stdout: '42\n', stderr: '' });
  });

  test('reads data from standard input', async () => {
    expect((await moorline(['enqueue', 'double', '-', '--wait'], env, ' 4\n')).stdout).toBe('8\n');
  });

  test('a job that dies is code 1, one that takes too long code 3', async () => {
    expect(await moorline(['enqueue', 'fail', '1', '--wait', '--id', 'f'], env)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Job f is dead: no\n',
    });
    const slow = await moorline(['enqueue', 'nobody', '1', '--wait', '--timeout-ms', '200', '--id', 's'], env);
    expect(slow).toMatchObject({ code: 3, stderr: expect.stringMatching(/^Job s is ready after 200 ms/) });
  });

  test('enqueues the lines of a file, and again as duplicates', async () => {
    const file = join(directory, 'jobs.ndjson');
    await writeFile(file, '{"id":"1","data":1}\n{"id":"2","data":2}\n');
    expect((await moorline(['enqueue', 'lines', '--ndjson', file], env)).stdout).toBe('2 queued\n');
    expect((await moorline(['enqueue', 'lines', '--ndjson', file, '--json'], env)).stdout).toBe('{"duplicate":2}\n');
  });

  test('shows, pauses and resumes queues, finds jobs, and acts on dead letters', async () => {
    await moorline(['enqueue', 'shown', '{"a":1}', '--id', 'x'], env);
    await moorline(['queue', 'pause', 'shown'], env);
    expect((await moorline(['queue', 'list'], env)).stdout).toMatch(/^shown +1 +0 +0 +0 +\d+ +paused$/m);
    await moorline(['queue', 'resume', 'shown'], env);
    const shown = JSON.parse((await moorline(['queue', 'show', 'shown', '--json'], env)).stdout) as object;
    expect(shown).toMatchObject({ queue: 'shown', ready: 1, paused: false });
    expect((await moorline(['queue', 'job', 'shown', 'x'], env)).stdout).toContain('"state": "ready"');

    await moorline(['enqueue', 'fail', '1', '--wait'], env);
    const dead = JSON.parse((await moorline(['queue', 'dead', 'fail', '--json'], env)).stdout) as { jobs: object[] };
    const all = dead.jobs.length;
    expect(all).toBeGreaterThan(0);
    const dryRun = await moorline(['queue', 'replay', 'fail', '--all', '--dry-run', '--json'], env);
    expect(JSON.parse(dryRun.stdout)).toEqual({ matched: all, replayed: 0 });
    const purge = await moorline(['queue', 'purge', 'fail', '--all', '--json'], env);
    expect(JSON.parse(purge.stdout)).toEqual({ matched: all, purged: all });
  });

  test('lists the workers, for people and for machines', async () => {
    const listed = await waitFor('the worker is listed', async () => {
      const { stdout } = await moorline(['workers', '--json'], env);
      const workers = JSON.parse(stdout) as readonly { readonly name: string }[];
      return workers.length === 1 && workers[0];
    });
    expect(listed).toMatchObject({ queues: ['double', 'fail'], running: 0 });
    const { stdout } = await moorline(['workers'], env);
    expect(stdout).toMatch(/^WORKER +RUNNING +CONCURRENCY +STARTED +HEARD +QUEUES\n[^\n]+ double fail\n$/);
    expect(stdout).toContain(listed.name);
  });

  test('what the gateway refuses is code 1, in its words', async () => {
    expect(await moorline(['queue', 'job', 'shown', 'nope'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^not_found: [^\n]+\n$/),
    });
    expect(await moorline(['queue', 'list'], { ...env, MOORLINE_TOKEN: 'wrong' })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^unauthorized: /),
    });
  });

  test('accepts a loss of data, which the gateway refuses to take for an empty Redis', async () => {
    // Last of all: what the tests before have enqueued is gone.
    await redis.kill();
    await redis.start();
    const list = () => moorline(['queue', 'list'], env);
    const refused = await waitFor('the loss to be noticed', async () => {
      const ended = await list();
      return ended.stderr.startsWith('data_lost: ') && ended;
    });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('`moorline epoch accept`') });
    const readiness = await fetch(new URL('/readyz', env.MOORLINE_URL));
    expect([readiness.status, await readiness.text()]).toEqual([503, expect.stringContaining('its data are gone')]);

    const accepted = await moorline(['epoch', 'accept'], env);
    expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining('are accepted as epoch') });
    await waitFor('it serves', async () => (await list()).code === 0);
    expect((await moorline(['enqueue', 'double', '21', '--wait'], env)).stdout).toBe('42\n');
  });
});
