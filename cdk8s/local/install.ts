import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { CommandError, messageOf } from './errors.js';
import { find } from './find-program.js';
import type { Progress } from './progress.js';

const run = promisify(execFile);
const installTimeoutMs = 10 * 60_000;

/** How a system installs Redis without starting a service. */
interface PackageManager {
  readonly program: string;
  readonly commands: readonly string[];
  readonly needsRoot: boolean;
}

const packageManagers: readonly PackageManager[] = [
  {
    program: 'apt-get',
    commands: ['apt-get update -qq', 'apt-get install -y -qq --no-install-recommends redis-tools coreutils'],
    needsRoot: true,
  },
  { program: 'dnf', commands: ['dnf install -y redis coreutils'], needsRoot: true },
  { program: 'apk', commands: ['apk add redis coreutils'], needsRoot: true },
  { program: 'brew', commands: ['brew install redis coreutils'], needsRoot: false },
];

/** Installs Redis where it may; else ends with the one command to run. */
export async function installRedis(missing: readonly string[], progress: Progress): Promise<void> {
  const manager = packageManagers.find(({ program }) => find(program) !== undefined);
  const decision = decideInstallation(missing, manager, process.getuid?.() === 0);
  if (decision.refusal !== undefined) throw new CommandError(decision.refusal);
  if (process.stdin.isTTY && process.stdout.isTTY) await askFirst(missing, decision.command, progress);
  progress.step(`installing ${missing.join(', ')} (${decision.command})`);
  try {
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('sh', ['-c', decision.command], { timeout: installTimeoutMs, env: environment });
  } catch (error) {
    throw new CommandError(`"${decision.command}" failed: ${lastLine(messageOf(error))}`);
  }
  progress.done(`installed ${missing.join(', ')}`);
}

export type InstallDecision = { readonly refusal: string } | { readonly refusal?: undefined; readonly command: string };

/** What to run, or what to tell the user to run. */
export function decideInstallation(
  missing: readonly string[],
  manager: PackageManager | undefined,
  isRoot: boolean,
): InstallDecision {
  const what = `not found on PATH: ${missing.join(', ')}`;
  if (manager === undefined) {
    return { refusal: `${what}. Install Redis 7 or later and coreutils: https://redis.io/docs/latest/get-started/` };
  }
  const command = manager.commands.join(' && ');
  if (manager.needsRoot && !isRoot) return { refusal: `${what}. Run: sudo sh -c '${command}'` };
  return { command };
}

async function askFirst(missing: readonly string[], command: string, progress: Progress): Promise<void> {
  progress.clear();
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Missing: ${missing.join(', ')}. Run "${command}"? [Y/n] `);
  terminal.close();
  if (!/^(y|yes|)$/i.test(answer.trim())) throw new CommandError(`nothing was installed. Run: ${command}`);
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
