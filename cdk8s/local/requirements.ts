import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { CommandError } from './errors.js';
import { find } from './find-program.js';
import type { Home } from './home.js';
import { installRedis } from './install.js';
import type { Progress } from './progress.js';

const run = promisify(execFile);

/** The first version with all that the scripts and the queue use. */
const oldestMajor = 7;

/** Makes sure that everything the start scripts call is on PATH, and installs what it may. */
export async function ensureRequirements(home: Home, progress: Progress): Promise<void> {
  progress.step('looking for redis-server, redis-cli and timeout');
  linkMultiCallBinary(home);
  if (missing().length > 0) {
    await installRedis(missing(), progress);
    linkMultiCallBinary(home);
  }
  const stillMissing = missing();
  if (stillMissing.length > 0) throw new CommandError(`not found on PATH: ${stillMissing.join(', ')}`);
  const version = await serverVersion();
  refuseOldServer(version);
  progress.done(`${version.product} ${version.text} at ${find('redis-server') ?? ''}`);
}

const missing = (): string[] =>
  ['redis-server', 'redis-cli', 'timeout'].filter((program) => find(program) === undefined);

/**
 * Server, Sentinel and redis-check-rdb are one program that goes by the name it is called with. Debian's redis-tools brings it
 * under the last name alone, without the service that the package redis-server would start with the machine.
 */
function linkMultiCallBinary(home: Home): void {
  const binary = find('redis-check-rdb');
  if (binary === undefined || find('redis-server') !== undefined) return;
  const directory = join(home.root, 'bin');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const name of ['redis-server', 'redis-sentinel']) symlinkSync(binary, join(directory, name));
  process.env['PATH'] = [directory, process.env['PATH']].join(delimiter);
}

export interface ServerVersion {
  readonly product: string;
  readonly major: number;
  readonly text: string;
}

async function serverVersion(): Promise<ServerVersion> {
  const { stdout } = await run('redis-server', ['--version'], { timeout: 10_000 });
  return parseServerVersion(stdout);
}

/** Reads `Redis server v=7.0.15 sha=...`; Valkey says `Valkey server v=8.0.1`. */
export function parseServerVersion(output: string): ServerVersion {
  const [, product = '', text = '', major = ''] = /^(\w+) server v=((\d+)[\w.-]*)/m.exec(output) ?? [];
  if (product === '') throw new CommandError(`redis-server --version: expected its version, got "${output.trim()}"`);
  return { product, text, major: Number(major) };
}

export function refuseOldServer({ product, text, major }: ServerVersion): void {
  if (major >= oldestMajor) return;
  throw new CommandError(
    `${product} ${text} (${find('redis-server') ?? 'redis-server'}) is too old: ${oldestMajor}.0 or later must come first on PATH`,
  );
}
