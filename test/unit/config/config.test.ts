import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  ConfigError,
  environmentDocs,
  environmentNames,
  loadClientConfig,
  loadConfig,
} from '../../../app/config/index.js';

const REDIS_URI = 'redis://127.0.0.1:6379';
const directory = mkdtempSync(join(tmpdir(), 'moorline-config-'));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

function problems(env: Record<string, string>, kind: 'gateway' | 'worker' = 'gateway'): readonly string[] {
  try {
    loadConfig(env, kind);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('Expected a ConfigError');
}

describe('the configuration', () => {
  test('needs nothing but REDIS_URI', () => {
    expect(loadConfig({ REDIS_URI }, 'gateway')).toMatchObject({
      kind: 'gateway',
      redis: { maxConnections: 50, socketTimeoutMs: 8000, blockingTimeoutMs: 10_000, healthCheckIntervalMs: 30_000 },
      http: { host: '0.0.0.0', port: 8080, drainMs: 0, maxBodyBytes: 16_777_216 },
      log: { level: 'info' },
      queue: { doneWindowMs: 300_000, waitReplicasTimeoutMs: 2000 },
      worker: { pushUrls: {}, concurrency: 32, leaseMs: 15_000, jobTimeoutMs: 60_000 },
      shutdownGraceMs: 20_000,
    });
  });

  test('a gateway drains for less than the grace of its stop', () => {
    const env = { REDIS_URI, MOORLINE_DRAIN_MS: '20000' };
    expect(problems(env, 'gateway')).toEqual([expect.stringMatching(/^MOORLINE_DRAIN_MS: expected less than/)]);
    expect(loadConfig(env, 'worker').http.drainMs).toBe(20_000);
    expect(loadConfig({ ...env, MOORLINE_SHUTDOWN_GRACE_MS: '20001' }, 'gateway').http.drainMs).toBe(20_000);
  });

  test('the concurrency of a worker is a number, or bounds to find it within', () => {
    const concurrencyOf = (env: Record<string, string>) =>
      loadConfig({ REDIS_URI, ...env }, 'worker').worker.concurrency;
    expect(concurrencyOf({ MOORLINE_WORKER_CONCURRENCY: '7' })).toBe(7);
    const auto = { MOORLINE_WORKER_CONCURRENCY: 'auto', MOORLINE_WORKER_MIN_CONCURRENCY: '3' };
    expect(concurrencyOf(auto)).toEqual({ min: 3, max: 512 });
    expect(problems({ REDIS_URI, ...auto, MOORLINE_WORKER_MAX_CONCURRENCY: '2' }, 'worker')).toEqual([
      expect.stringMatching(/^MOORLINE_WORKER_MIN_CONCURRENCY: expected at most/),
    ]);
    expect(problems({ REDIS_URI, MOORLINE_WORKER_CONCURRENCY: 'many' }, 'worker')).toEqual([
      'MOORLINE_WORKER_CONCURRENCY: expected a whole number from 1 to 10000, or auto, got "many"',
    ]);
  });

  test('without REDIS_URI the message shows one', () => {
    expect(problems({})).toEqual(['REDIS_URI: required, for example redis://127.0.0.1:6379']);
    expect(problems({ REDIS_URI: '' })).toHaveLength(1);
  });

  test('a gateway and a worker read names of their own', () => {
    const env = {
      REDIS_URI,
      REDIS_MAX_CONNECTIONS: '11',
      WORKER_REDIS_MAX_CONNECTIONS: '12',
      REDIS_SOCKET_TIMEOUT: '3.5',
      WORKER_REDIS_SOCKET_TIMEOUT: '4',
    };
    expect(loadConfig(env, 'gateway').redis).toMatchObject({ maxConnections: 11, socketTimeoutMs: 3500 });
    expect(loadConfig(env, 'worker').redis).toMatchObject({ maxConnections: 12, socketTimeoutMs: 4000 });
  });

  test('the id of the server is made, and differs each time, except in Kubernetes', () => {
    const [one, other] = [loadConfig({ REDIS_URI }, 'worker'), loadConfig({ REDIS_URI }, 'worker')];
    expect(one.serverId).not.toBe(other.serverId);
    expect(problems({ REDIS_URI, KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toEqual([
      expect.stringMatching(/^SERVER_ID: required in Kubernetes/),
    ]);
    const inPod = { REDIS_URI, KUBERNETES_SERVICE_HOST: '10.0.0.1', SERVER_ID: 'uid', POD_NAME: 'gateway-1' };
    expect(loadConfig(inPod, 'worker')).toMatchObject({ serverId: 'uid', pod: { name: 'gateway-1' } });
  });

  test('all problems are told at once, each by the name of its variable', () => {
    const env = {
      MOORLINE_PORT: '80a',
      MOORLINE_LOG_LEVEL: 'loud',
      MOORLINE_WORKER_PUSH: '{"thumbnails":"ftp://h"}',
      MOORLINE_WORKER_LEASE: '1',
      REDIS_HEALTH_CHECK_INTERVAL: '0',
      SERVER_ID: 'a b',
    };
    expect(problems(env).map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining(['REDIS_URI', ...Object.keys(env)]),
    );
    expect(problems(env)).toContain('MOORLINE_PORT: expected a whole number from 0 to 65535, got "80a"');
    expect(problems(env)).toContain('MOORLINE_WORKER_LEASE: no such setting; did you mean MOORLINE_WORKER_LEASE_MS?');
  });

  test('a variable of somebody else is none of our business, an unknown MOORLINE_ one is', () => {
    expect(loadConfig({ REDIS_URI, REDIS_PORT: 'tcp://1', PATH: '/bin' }, 'worker').http.port).toBe(8080);
    expect(problems({ REDIS_URI, MOORLINE_XYZZY: '1' })).toEqual(['MOORLINE_XYZZY: no such setting']);
  });

  test.each([
    ['less than the roles need', { REDIS_URI, REDIS_MAX_CONNECTIONS: '3' }, /^REDIS_MAX_CONNECTIONS: .*at least 8/],
    [
      'less than the roles and Sentinels need',
      { REDIS_URI: 'redis+sentinel://a,b,c/p', REDIS_MAX_CONNECTIONS: '6' },
      /at least 11/,
    ],
    [
      'a wait that outlasts the connection',
      { REDIS_URI, REDIS_SOCKET_TIMEOUT: '2' },
      /^MOORLINE_WAIT_REPLICAS_TIMEOUT_MS: .*REDIS_SOCKET_TIMEOUT \(2000 ms\)/,
    ],
    ['TLS files without TLS', { REDIS_URI, REDIS_TLS_SERVERNAME: 'x' }, /^REDIS_TLS_SERVERNAME: .*rediss/],
    ['a missing file', { REDIS_URI: 'rediss://h', REDIS_TLS_CA_FILE: '/none' }, /^REDIS_TLS_CA_FILE: .*ENOENT/],
    [
      'a certificate without key',
      { REDIS_URI: 'rediss://h', REDIS_TLS_CERT_FILE: '/dev/null' },
      /^REDIS_TLS_KEY_FILE: required/,
    ],
    [
      'a key without certificate',
      { REDIS_URI: 'rediss://h', REDIS_TLS_KEY_FILE: '/dev/null' },
      /^REDIS_TLS_CERT_FILE: required/,
    ],
  ])('contradictions stop the start: %s', (_what, env, line) => {
    expect(problems(env)).toEqual([expect.stringMatching(line)]);
  });
});

describe('secrets', () => {
  test('come from a value or a file, less the newline of an editor', () => {
    expect(loadConfig({ REDIS_URI, MOORLINE_TOKEN: 'abc' }, 'gateway').http.token).toBe('abc');
    const env = { REDIS_URI, REDIS_PASSWORD_FILE: file('password', ' p"w\\ \n') };
    expect(loadConfig(env, 'gateway').redis.password).toBe(' p"w\\ ');
  });

  test.each([
    ['both', { REDIS_PASSWORD: 'hunter2', REDIS_PASSWORD_FILE: '/none' }, 'got both'],
    ['no file', { REDIS_PASSWORD_FILE: '/none' }, 'REDIS_PASSWORD_FILE, got /none (ENOENT)'],
    ['a directory', { REDIS_PASSWORD_FILE: directory }, '(EISDIR)'],
    ['an empty file', { REDIS_PASSWORD_FILE: file('empty', '\n') }, 'got an empty file'],
    ['several lines', { REDIS_PASSWORD_FILE: file('lines', 'hunter2\nhunter2') }, 'expected a text of one line'],
  ])('%s is refused in one line without the secret', (_what, env, message) => {
    const lines = problems({ REDIS_URI, ...env });
    expect(lines).toEqual([expect.stringContaining(message)]);
    expect(lines.join()).not.toContain('hunter2');
  });

  test('a password in a URL is not repeated', () => {
    const lines = problems({ REDIS_URI, MOORLINE_URL: 'ftp://ann:hunter2@h' });
    expect(lines).toEqual([expect.stringMatching(/^MOORLINE_URL: expected an http/)]);
    expect(lines.join()).not.toContain('hunter2');
  });
});

describe('the command line', () => {
  test('needs no Redis, and is not stopped by what only servers read', () => {
    expect(loadClientConfig({})).toEqual({ url: 'http://127.0.0.1:8080' });
    const env = { MOORLINE_URL: 'http://h:1', MOORLINE_TOKEN: 't', REDIS_URI: 'nonsense' };
    expect(loadClientConfig(env)).toEqual({ url: 'http://h:1', token: 't' });
    expect(() => loadClientConfig({ MOORLINE_URL: 'h' })).toThrow('MOORLINE_URL: expected');
  });
});

describe('the table of variables', () => {
  test('gives manifests the names, those of secret files too', () => {
    expect(environmentNames.REDIS_PASSWORD_FILE).toBe('REDIS_PASSWORD_FILE');
    expect(Object.entries(environmentNames).every(([name, value]) => name === value)).toBe(true);
    // @ts-expect-error: a misspelt name does not compile
    expect(environmentNames.REDIS_PASWORD).toBeUndefined();
  });

  test('every default is one that it accepts itself', () => {
    const rows = environmentDocs().matchAll(/^\| `(\w+)` \| `(.+?)` \|/gm);
    const defaults = [...rows].map(([, name = '', value = '']): [string, string] => [name, value]);
    expect(defaults.length).toBeGreaterThan(10);
    expect(() => loadConfig({ REDIS_URI, ...Object.fromEntries<string>(defaults) }, 'worker')).not.toThrow();
  });

  test('is a Markdown table with a row for each variable', () => {
    const rows = environmentDocs().split('\n');
    expect(rows[0]).toBe('| Variable | Default | Meaning |');
    expect(rows.filter((row) => row.startsWith('| `MOORLINE_PORT` | `8080` |'))).toHaveLength(1);
    expect(rows.every((row) => row.replaceAll('\\|', '').split('|').length === 5)).toBe(true);
  });
});
