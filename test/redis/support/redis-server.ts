import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';
import { freePort } from './free-port.js';
import { waitFor } from './wait-for.js';

const running = new Set<RedisServer>();

// Registered by the import alone: whatever a test file starts ends with it, also when a test fails half-way.
afterAll(async () => {
  await Promise.all([...running].map((server) => server.stop()));
});

export interface RedisOptions {
  /** Further options as on the command line, e.g. `['--appendonly', 'yes']`. */
  readonly args?: readonly string[];
  /** Lines of the configuration file, for what does not belong in argv, e.g. `masterauth secret`. */
  readonly config?: readonly string[];
  /** Sets `requirepass`; `cli` uses it too. */
  readonly password?: string;
  /** A free one by default. */
  readonly port?: number;
  /** Starts it as Sentinel; `config` then says what it monitors. */
  readonly sentinel?: boolean;
}

/** Starts a redis-server (or a Sentinel) on 127.0.0.1 with a directory of its own, and waits until it answers. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const server = new RedisServer(
    options,
    options.port ?? (await freePort()),
    await mkdtemp(join(tmpdir(), 'moorline-redis-')),
  );
  running.add(server);
  try {
    await server.writeConfiguration();
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** One process on one port. It may be killed and started again: port and data stay until `stop`. */
export class RedisServer {
  private child: ChildProcess | undefined;

  constructor(
    private readonly options: RedisOptions,
    readonly port: number,
    private readonly directory: string,
  ) {}

  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error(`The redis-server of port ${this.port} is not running`);
    return pid;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Once: a Sentinel keeps what it knows in this file. */
  async writeConfiguration(): Promise<void> {
    await writeFile(this.configurationFile, this.configuration(), { mode: 0o600 });
  }

  /** Starts it (again, after `kill`) and waits until it answers. A Sentinel goes on with the configuration that it has rewritten. */
  async start(): Promise<void> {
    const file = this.configurationFile;
    const child = spawn(
      'redis-server',
      [file, ...(this.options.sentinel === true ? ['--sentinel'] : []), ...(this.options.args ?? [])],
      {
        stdio: 'ignore',
      },
    );
    this.child = child;
    child.once('exit', () => {
      if (this.child === child) this.child = undefined;
    });
    await waitFor(`redis-server on port ${this.port} answers`, async () => {
      if (this.child !== child) throw new Error(`redis-server ended: ${await this.log()}`);
      return (await this.cli('PING')) === 'PONG';
    });
  }

  /** `kill -9`: no orderly shutdown, nothing flushed. Resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Freezes the process: connections stay open and nothing answers. */
  freeze(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** Ends the process and deletes its directory. */
  async stop(): Promise<void> {
    if (this.child !== undefined) this.thaw();
    await this.end('SIGTERM');
    running.delete(this);
    await rm(this.directory, { recursive: true, force: true });
  }

  /** The answer of redis-cli as it prints it to a pipe: arrays one item a line. Rejects when Redis answers an error. */
  async cli(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('redis-cli', ['-e', '-p', String(this.port), ...args], {
      env: { ...process.env, ...(this.options.password === undefined ? {} : { REDISCLI_AUTH: this.options.password }) },
      timeout: 10_000,
    });
    return stdout.trimEnd();
  }

  /** What it has logged: for the message of a failing test. */
  log(): Promise<string> {
    return readFile(join(this.directory, 'server.log'), 'utf8');
  }

  private get configurationFile(): string {
    return join(this.directory, 'server.conf');
  }

  private configuration(): string {
    const { sentinel = false, password, config = [] } = this.options;
    const lines = [
      `port ${this.port}`,
      'bind 127.0.0.1',
      `dir "${this.directory}"`,
      `logfile "${join(this.directory, 'server.log')}"`,
      ...(sentinel ? [] : ['save ""', 'repl-diskless-sync-delay 0']),
      ...(password === undefined ? [] : [`requirepass ${quote(password)}`]),
      ...config,
    ];
    return `${lines.join('\n')}\n`;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    // A server that does not end in an orderly way must not outlive the test.
    const impatience = setTimeout(() => child.kill('SIGKILL'), 15_000);
    child.kill(signal);
    await gone;
    clearTimeout(impatience);
  }
}

/** A string of redis.conf that may hold quotes, backslashes and spaces. */
export function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
