import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { ChecksumRun, type Progress } from './checksum-run.js';
import { regularFiles, sha256sums } from './files.js';
import { GatewayClient } from './gateway-client.js';

/** Of `make up`; this file runs as build/examples/checksum/demo.js. */
const defaultHome = fileURLToPath(new URL('../../../.moorline', import.meta.url));

const usage = `Usage: node build/examples/checksum/demo.js [directory]

Makes a job of every regular file under the directory (node_modules by default), lets the workers hash them,
and compares every result with sha256sum. Needs a running instance (make up), whose workers see the same files.
Exit codes: 0 all results came and are right, 1 otherwise.`;

async function main([directory = 'node_modules', ...more]: readonly string[]): Promise<number> {
  if (directory === '--help' || more.length > 0) {
    console.log(usage);
    return directory === '--help' ? 0 : 2;
  }
  const gateway = connect();
  const files = await regularFiles(resolve(directory));
  if (files.length === 0) throw new Error(`${directory}: expected at least one regular file`);
  console.log(`${files.length} files under ${directory}`);

  const startedMs = performance.now();
  const hashes = await new ChecksumRun(gateway, files, progressBar(files.length)).hashes();
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(`${files.length} jobs in ${seconds.toFixed(1)} s, ${Math.round(files.length / seconds)} a second`);

  console.log('comparing with sha256sum ...');
  return report(files, hashes, await sha256sums(files));
}

/** The instance of `make up`, unless the environment names another one. */
function connect(): GatewayClient {
  const { MOORLINE_URL: url, MOORLINE_TOKEN: token } = { ...envFile(), ...process.env };
  if (url === undefined)
    throw new Error('nothing is up: start it with `make up`, or set MOORLINE_URL and MOORLINE_TOKEN');
  return new GatewayClient(url, token ?? '');
}

function envFile(): Partial<Record<string, string>> {
  try {
    return parseEnv(readFileSync(join(process.env['MOORLINE_HOME'] ?? defaultHome, 'env'), 'utf8'));
  } catch {
    return {};
  }
}

/** A bar that is drawn anew on a terminal; elsewhere a line for every tenth. */
function progressBar(total: number): (progress: Progress) => void {
  let drawn = -1;
  const steps = process.stdout.isTTY ? 200 : 10;
  return ({ acknowledged, collected }) => {
    const step = Math.floor((steps * collected) / total);
    if (step === drawn) return;
    drawn = step;
    const width = 40;
    const filled = Math.round((width * collected) / total);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    const line = `${bar} ${collected} of ${total} hashed, ${acknowledged} enqueued`;
    process.stdout.write(process.stdout.isTTY ? `\r${line}${collected === total ? '\n' : ''}` : `${line}\n`);
  };
}

function report(
  files: readonly string[],
  hashes: readonly (string | undefined)[],
  expected: readonly string[],
): number {
  const missing = files.filter((_, index) => hashes[index] === undefined);
  const different = files.filter((_, index) => hashes[index] !== undefined && hashes[index] !== expected[index]);
  for (const file of missing.slice(0, 5)) console.log(`missing: ${file}`);
  for (const file of different.slice(0, 5)) console.log(`different: ${file}`);
  console.log(`files ${files.length}, missing ${missing.length}, different ${different.length}`);
  return missing.length + different.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
