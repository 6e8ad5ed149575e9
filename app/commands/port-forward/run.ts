import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../exit-codes.js';
import { ClusterRelease } from './cluster-release.js';
import { environmentOf, secretVariables, type Forwarded, type SecretFiles } from './environment.js';
import type { Forwarder } from './forwarder.js';
import type { Options } from './index.js';
import { planOf } from './plan.js';

/** Forwards the ports while the command runs, or until a signal, and leaves nothing behind. */
export async function portForward(command: readonly string[], options: Options): Promise<void> {
  const release = new ClusterRelease(options);
  const plan = planOf(await release.objects(), options.release);
  const directory = await mkdtemp(join(tmpdir(), 'moorline-'));
  const forwarders: Forwarder[] = [];
  try {
    const files = await writeSecrets(directory, await release.secret(plan.secretName));
    const forwarded: Forwarded[] = [];
    for (const target of plan.targets) {
      const forwarder = await release.forward(target, ({ message }) => {
        process.stderr.write(`${target.name}: ${message}\n`);
      });
      forwarders.push(forwarder);
      forwarded.push({ target, localPort: forwarder.localPort });
    }
    const environment = environmentOf(plan, forwarded, files);
    if (command.length > 0) await runUnder(environment, command);
    else await showUntilSignal(environment, forwarded);
  } finally {
    for (const forwarder of forwarders) forwarder.close();
    await rm(directory, { recursive: true });
  }
}

/** In a directory that nobody else may enter. */
async function writeSecrets(directory: string, secret: Readonly<Record<string, Buffer>>): Promise<SecretFiles> {
  const files: SecretFiles = {};
  for (const key of Object.keys(secretVariables) as (keyof typeof secretVariables)[]) {
    const value = secret[key];
    if (value === undefined) continue;
    files[key] = join(directory, key);
    await writeFile(files[key], value, { mode: 0o400 });
  }
  return files;
}

/** The command ends this process with its own exit code; a signal is for it, not for us. */
async function runUnder(environment: Readonly<Record<string, string>>, command: readonly string[]): Promise<void> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: 'inherit', env: { ...inherited(), ...environment } });
  const pass = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  process.on('SIGINT', pass).on('SIGTERM', pass);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
  } catch (error) {
    throw new UsageError(`${program} cannot be run: ${(error as Error).message}`);
  } finally {
    process.off('SIGINT', pass).off('SIGTERM', pass);
  }
}

/** Without passwords of another Redis: only one of a variable and its file may be set. */
function inherited(): NodeJS.ProcessEnv {
  const replaced = Object.values(secretVariables).map((name) => name.replace(/_FILE$/, ''));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !replaced.includes(name)));
}

async function showUntilSignal(
  environment: Readonly<Record<string, string>>,
  forwarded: readonly Forwarded[],
): Promise<void> {
  const ports = forwarded.map(({ target, localPort }) => `# ${target.name} is at 127.0.0.1:${localPort}`);
  const variables = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`);
  process.stdout.write(`${[...ports, ...variables].join('\n')}\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
