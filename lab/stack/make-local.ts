import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Home, repository } from '../../cdk8s/local/home.js';

const commandMs = 180_000;

/** A job of a worker that died is soon another's; few at a time, so that the lab's own workers get their share. */
const workerLeaseMs = 5000;
const workerConcurrency = 4;

/** What handlers.ts and wall-clock.ts read. */
export interface WorkerFiles {
  readonly runsFile: string;
  readonly clockFile: string;
}

/** Runs what `make up` and `make down` run. @throws Error with its last words. */
export async function makeLocal(home: Home, command: 'up' | 'down', files?: WorkerFiles): Promise<void> {
  const valuesFile = join(dirname(home.root), 'values.json');
  if (files !== undefined) writeFileSync(valuesFile, JSON.stringify(valuesFor(files)));
  try {
    await promisify(execFile)(process.execPath, [join(repository, 'build/cdk8s/local/main.js'), command], {
      env: { ...process.env, MOORLINE_HOME: home.root, VALUES: valuesFile, HANDLERS: compiled('../load/handlers.js') },
      timeout: commandMs,
    });
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw new Error(stderr === '' ? message : stderr.trim(), { cause: error });
  }
}

const compiled = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

function valuesFor({ runsFile, clockFile }: WorkerFiles): object {
  const environment = {
    NODE_OPTIONS: `--import=${new URL('../load/wall-clock.js', import.meta.url).href}`,
    LAB_RUNS_FILE: runsFile,
    LAB_CLOCK_FILE: clockFile,
  };
  const extraEnv = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return { worker: { leaseMs: workerLeaseMs, concurrency: workerConcurrency, extraEnv } };
}
