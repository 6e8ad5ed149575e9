import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';
import { freePorts } from './free-port.js';
import { redisLines, sentinelLines } from './bundle-lines.js';
import { componentOf, serverNames, type Component, type ServerName } from './server-names.js';
import { waitFor } from './wait-for.js';

export { serverNames, type Component, type ServerName } from './server-names.js';

export type Probe = 'live' | 'ready' | 'stop';

export interface ScriptedClusterOptions {
  /** @default 'secret' */
  readonly redisPassword?: string;
  /** @default 'other' */
  readonly sentinelPassword?: string;
  /** Variables that differ from the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
}

const scripts = resolve('cdk8s/scripts');
const primaryName = 'test-moorline';
const clusters = new Set<ScriptedCluster>();

afterAll(async () => {
  await Promise.all([...clusters].map((cluster) => cluster.remove()));
});

/** Three nodes and three Sentinels that run the start scripts as the pods do; nothing is started yet. */
export async function createScriptedCluster(options: ScriptedClusterOptions = {}): Promise<ScriptedCluster> {
  const cluster = new ScriptedCluster(await mkdtemp(join(tmpdir(), 'moorline-scripts-')), options);
  clusters.add(cluster);
  await cluster.chooseAddresses();
  return cluster;
}

export class ScriptedCluster {
  /** Merged into the environment of every start from now on. */
  env: Record<string, string>;

  private readonly children = new Map<ServerName, ChildProcess>();
  private ports = new Map<ServerName, number>();

  constructor(
    private readonly directory: string,
    options: ScriptedClusterOptions,
  ) {
    this.env = { ...options.env };
    this.write('passwords/redis', options.redisPassword ?? 'secret');
    this.write('passwords/sentinel', options.sentinelPassword ?? 'other');
    this.write('config/redis.conf', redisLines.join('\n'));
    this.write('config/sentinel.conf', sentinelLines.join('\n'));
  }

  get redisPassword(): string {
    return readFileSync(this.passwordFile('redis'), 'utf8');
  }

  get primaryName(): string {
    return primaryName;
  }

  get sentinelPorts(): readonly number[] {
    return [this.port('sentinel-0'), this.port('sentinel-1'), this.port('sentinel-2')];
  }

  get sentinelPassword(): string {
    return readFileSync(this.passwordFile('sentinel'), 'utf8');
  }

  passwordFile(name: string): string {
    return join(this.directory, 'passwords', name);
  }

  /** Gives every server a free port, as if its Service were made anew. */
  async chooseAddresses(): Promise<void> {
    const ports = await freePorts(serverNames.length);
    this.ports = new Map(serverNames.map((name, at) => [name, ports[at] ?? 0]));
  }

  port(name: ServerName): number {
    const port = this.ports.get(name);
    if (port === undefined) throw new Error(`Expected a server of this cluster, got ${name}`);
    return port;
  }

  dataDirectory(name: ServerName): string {
    return join(this.directory, 'data', name);
  }

  /** Runs the start script; resolves at once, since a node waits for the others. */
  start(...names: readonly ServerName[]): void {
    for (const name of names) this.spawn(name);
  }

  startAll(): void {
    this.start(...serverNames);
  }

  private spawn(name: ServerName): void {
    for (const directory of [this.dataDirectory(name), this.runDirectory(name)])
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    // A file and no pipe: what a script leaves running for a moment must not hold the test.
    const log = openSync(this.logFile(name), 'w', 0o600);
    const script = join(scripts, `${componentOf(name)}-start.sh`);
    const child = spawn('sh', [script], { env: this.environment(name), stdio: ['ignore', log, log] });
    closeSync(log);
    child.once('exit', () => {
      if (this.children.get(name) === child) this.children.delete(name);
    });
    this.children.set(name, child);
  }

  pid(name: ServerName): number {
    const pid = this.children.get(name)?.pid;
    if (pid === undefined) throw new Error(`${name} is not running`);
    return pid;
  }

  isRunning(name: ServerName): boolean {
    return this.children.has(name);
  }

  /** SIGTERM, and SIGKILL for what does not end within 15 s. */
  async stop(...names: readonly ServerName[]): Promise<void> {
    await Promise.all(names.map((name) => this.end(name, 'SIGTERM')));
  }

  async stopAll(): Promise<void> {
    await this.stop(...serverNames);
  }

  async kill(...names: readonly ServerName[]): Promise<void> {
    await Promise.all(names.map((name) => this.end(name, 'SIGKILL')));
  }

  /** Deletes what a server has on its volume. */
  async wipe(...names: readonly ServerName[]): Promise<void> {
    await Promise.all(names.map((name) => rm(this.dataDirectory(name), { recursive: true, force: true })));
  }

  /** Writes what an agent would have written of the primary. */
  record(podName: string, epoch: number): void {
    this.write('topology/primary', podName);
    this.write('topology/epoch', String(epoch));
  }

  async remove(): Promise<void> {
    await this.kill(...serverNames);
    clusters.delete(this);
    await rm(this.directory, { recursive: true, force: true });
  }

  private async end(name: ServerName, signal: NodeJS.Signals): Promise<void> {
    const child = this.children.get(name);
    if (child === undefined) return;
    const gone = new Promise((done) => child.once('exit', done));
    const impatience = setTimeout(() => child.kill('SIGKILL'), 15_000);
    child.kill(signal);
    await gone;
    clearTimeout(impatience);
  }

  /** What redis-cli prints for a command. */
  async cli(name: ServerName, ...args: readonly string[]): Promise<string> {
    const password = componentOf(name) === 'redis' ? this.redisPassword : this.sentinelPassword;
    const tls = this.env['TLS_DIR'] === undefined ? [] : ['--tls', '--cacert', join(this.env['TLS_DIR'], 'ca.crt')];
    const { stdout } = await promisify(execFile)('redis-cli', ['-e', '-p', String(this.port(name)), ...tls, ...args], {
      env: { ...process.env, REDISCLI_AUTH: password },
      timeout: 10_000,
    });
    return stdout.trimEnd();
  }

  /** The exit code of a probe script, or of the one before a stop, run as the kubelet runs it. */
  async probe(name: ServerName, probe: Probe): Promise<number> {
    const child = spawn('sh', [join(scripts, `${componentOf(name)}-${probe}.sh`)], {
      env: this.environment(name),
      stdio: 'ignore',
    });
    return new Promise((done) => {
      child.once('exit', (code) => {
        done(code ?? -1);
      });
    });
  }

  /** All that the latest start of a server has printed. */
  async log(name: ServerName): Promise<string> {
    return readFile(this.logFile(name), 'utf8').catch(() => '');
  }

  /** Waits until a majority of the Sentinels names one node, all others follow it, and every Sentinel sees all. */
  async settled(deadlineMs = 60_000): Promise<ServerName> {
    return waitFor('one primary, two replicas and three Sentinels that agree', () => this.agreedPrimary(), {
      deadlineMs,
      pollMs: 200,
    }).catch(async (error: unknown) => {
      const logs = await Promise.all(
        serverNames.map(async (name) => `--- ${name}\n${(await this.log(name)).split('\n').slice(-15).join('\n')}`),
      );
      throw new Error(`The cluster did not settle\n${logs.join('\n')}`, { cause: error });
    });
  }

  private async agreedPrimary(): Promise<ServerName | undefined> {
    const nodes = serverNames.filter((name) => componentOf(name) === 'redis');
    const sentinels = serverNames.filter((name) => componentOf(name) === 'sentinel');
    const views = await Promise.all(sentinels.map((name) => this.monitored(name)));
    const primary = nodes.find((name) => String(this.port(name)) === views[0]?.get('port'));
    const agreed = views.every(
      (view) =>
        view.get('port') === views[0]?.get('port') &&
        view.get('flags') === 'master' &&
        view.get('num-slaves') === '2' &&
        view.get('num-other-sentinels') === '2',
    );
    if (primary === undefined || !agreed) return undefined;
    const replication = await this.cli(primary, 'INFO', 'replication');
    return replication.includes('role:master') && (replication.match(/state=online/g) ?? []).length === 2
      ? primary
      : undefined;
  }

  /** The node that at least two Sentinels name now. */
  async named(): Promise<ServerName | undefined> {
    const sentinels = serverNames.filter((name) => componentOf(name) === 'sentinel');
    const views = await Promise.all(
      sentinels.map((name) => this.monitored(name).catch(() => new Map<string, string>())),
    );
    return serverNames.find((name) => views.filter((view) => view.get('port') === String(this.port(name))).length >= 2);
  }

  /** SENTINEL MASTER of one Sentinel. */
  async monitored(name: ServerName): Promise<Map<string, string>> {
    const lines = (await this.cli(name, 'SENTINEL', 'MASTER', primaryName)).split('\n');
    return new Map(lines.flatMap((key, at) => (at % 2 === 0 ? [[key, lines[at + 1] ?? '']] : [])));
  }

  /** What the scripts of a server get. */
  environment(name: ServerName): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      POD_NAME: `test-moorline-${name}`,
      REDIS_MODE: 'sentinel',
      REDIS_NODES: this.addresses('redis'),
      SENTINEL_NODES: this.addresses('sentinel'),
      PRIMARY_NAME: primaryName,
      SENTINEL_QUORUM: '2',
      SENTINEL_DOWN_AFTER_MS: '4000',
      SENTINEL_FAILOVER_TIMEOUT_MS: '30000',
      SENTINEL_PARALLEL_SYNCS: '1',
      CONFIG_DIR: join(this.directory, 'config'),
      TOPOLOGY_DIR: join(this.directory, 'topology'),
      DATA_DIR: this.dataDirectory(name),
      RUN_DIR: this.runDirectory(name),
      REDIS_PASSWORD_FILE: join(this.directory, 'passwords/redis'),
      SENTINEL_PASSWORD_FILE: join(this.directory, 'passwords/sentinel'),
      MEMORY_LIMIT_BYTES: String(256 * 1024 * 1024),
      MAXMEMORY_PERCENT: '75',
      BIND_ADDRESSES: '127.0.0.1',
      ...this.env,
    };
  }

  private addresses(component: Component): string {
    return serverNames
      .filter((name) => componentOf(name) === component)
      .map((name) => `127.0.0.1:${this.port(name)}`)
      .join(' ');
  }

  private logFile(name: ServerName): string {
    return join(this.directory, `${name}.log`);
  }

  private runDirectory(name: ServerName): string {
    return join(this.directory, 'run', name);
  }

  /** Whole or not at all, as the kubelet does it. */
  write(path: string, text: string): void {
    const file = join(this.directory, path);
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}
