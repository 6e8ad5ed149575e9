import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { type Ended, LocalInstance } from './local-instance.js';

const testMs = 120_000;
let instance: LocalInstance;

beforeEach(() => {
  instance = new LocalInstance();
});

afterEach(async () => {
  await instance.dispose();
}, testMs);

test(
  'a given port that is in use ends with one line that names it',
  async () => {
    const port = await freePort();
    const server = await listenOn(port);
    try {
      const ended = await instance.run(['up', '--gateway-port', String(port)]);
      expectRefusal(ended, 1, `--gateway-port: port ${port} is in use on 127.0.0.1; free it or give another one`);
    } finally {
      server.close();
    }
  },
  testMs,
);

test(
  'too few given ports are a wrong use',
  async () => {
    const ended = await instance.run(['up'], { REDIS_PORTS: '7001 7002' });
    expectRefusal(ended, 2, '--redis-ports: expected 3 ports, one for each redis, got 7001 7002');
  },
  testMs,
);

test(
  'an old redis-server ends with one line that names its version',
  async () => {
    const bin = join(instance.directory, 'bin');
    program(join(bin, 'redis-server'), 'echo "Redis server v=6.2.14 sha=00000000:0 malloc=libc bits=64"');
    const ended = await instance.run(['up'], { PATH: `${bin}:${process.env['PATH'] ?? ''}` });
    expectRefusal(ended, 1, `Redis 6.2.14 (${bin}/redis-server) is too old: 7.0 or later must come first on PATH`);
  },
  testMs,
);

test(
  'a missing Redis is installed as root, without a service; anybody else is told the command',
  async () => {
    const bin = join(instance.directory, 'bin');
    pathWithoutRedis(bin);
    // As Debian's redis-tools: the client, and the server under the name of a tool.
    const server = realpathSync(which('redis-server'));
    program(
      join(bin, 'apt-get'),
      `ln -sf ${server} ${bin}/redis-check-rdb; ln -sf ${which('redis-cli')} ${bin}/redis-cli`,
    );
    const { exitCode, stdout, stderr } = await instance.run(['up'], { PATH: bin });
    if (process.getuid?.() === 0) {
      expect(stderr).toBe('');
      expect(stdout).toContain('✓ installed redis-server, redis-cli');
      expect(stdout).toContain('Moorline is up, after');
    } else {
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^moorline: not found on PATH: redis-server, redis-cli\. Run: sudo sh -c 'apt-get .*'\n$/);
    }
  },
  testMs,
);

test(
  'values that the bundle refuses end with its words',
  async () => {
    const values = join(instance.directory, 'values.yaml');
    writeFileSync(values, 'redis: { replica: 3 }\n');
    const ended = await instance.run(['up', '--values', values]);
    expect(ended).toMatchObject({ exitCode: 2 });
    expect(ended.stderr).toContain(values);
    expect(ended.stderr).toContain('replica');
  },
  testMs,
);

test(
  'a process that dies while it starts ends with its last words, and all is stopped',
  async () => {
    const handlers = join(instance.directory, 'handlers.mjs');
    writeFileSync(handlers, 'export default 1;\n');
    const { exitCode, stderr } = await instance.run(['up'], { HANDLERS: handlers });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^moorline: worker-0 died while starting \(exit code \d\): .*handlers\.mjs.*worker-0\.log\)\n$/,
    );
    expectNothingLeft();
  },
  testMs,
);

test(
  'Ctrl-C while it starts stops all, and the next up is not troubled by it',
  async () => {
    const { exitCode, stderr } = await instance.run(['up'], {}, (output, signal) => {
      if (output.includes('waiting until')) signal('SIGINT');
    });
    expect(exitCode).toBe(1);
    expect(stderr).toBe('moorline: interrupted by SIGINT\n');
    expectNothingLeft();
    expect(await instance.make('up')).toContain('Moorline is up, after');
  },
  testMs,
);

test(
  'one Redis without Sentinels comes up from the same definitions',
  async () => {
    const values = join(instance.directory, 'values.yaml');
    writeFileSync(values, 'mode: standalone\n');
    expect(await instance.make('up', '--values', values)).toContain('3 processes are ready');
    expect((await instance.status()).map(({ name, role }) => `${name} ${role}`)).toEqual([
      'redis-0 primary',
      'gateway-0 ready',
      'worker-0 ready',
    ]);
  },
  testMs,
);

function expectRefusal(ended: Ended, exitCode: number, line: string): void {
  expect(ended).toMatchObject({ exitCode, stderr: `moorline: ${line}\n` });
  expectNothingLeft();
}

/** No process; of files at most what tells why, and what the next start may use. */
function expectNothingLeft(): void {
  expect(instance.identities()).toEqual([]);
  const { root } = instance.home;
  const left = existsSync(root) ? readdirSync(root) : [];
  expect(left.filter((name) => !['data', 'log'].includes(name))).toEqual([]);
}

/** A directory with all programs of PATH but those of Redis and the package managers. */
function pathWithoutRedis(bin: string): void {
  mkdirSync(bin);
  for (const directory of searchPath()) {
    for (const name of readdirSync(directory)) {
      const left = /redis|valkey|^(apt-get|dnf|apk|brew)$/.test(name) || existsSync(join(bin, name));
      if (!left) symlinkSync(join(directory, name), join(bin, name));
    }
  }
}

const searchPath = (): string[] => (process.env['PATH'] ?? '').split(':').filter((directory) => existsSync(directory));

const which = (name: string): string =>
  searchPath()
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path)) ?? name;

function program(path: string, script: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      resolve(server);
    });
  });
}
