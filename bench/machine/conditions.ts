import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { version } from '../../app/operations/version.js';
import { canPin } from './pinning.js';

/** What figures depend on besides the code. */
export interface Conditions {
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
  readonly isPinned: boolean;
}

export function currentConditions(): Conditions {
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'unknown'}, ${gigabytes} GiB, ${platform()} ${arch()}`,
    versions: `Moorline ${version}, BullMQ ${bullmqVersion()}, Redis ${redisVersion()}, Node ${process.versions.node}`,
    isPinned: canPin,
  };
}

function bullmqVersion(): string {
  const file = createRequire(import.meta.url).resolve('bullmq/package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

function redisVersion(): string {
  const text = execFileSync('redis-server', ['--version'], { encoding: 'utf8' });
  return /v=(\S+)/.exec(text)?.[1] ?? text.trim();
}
