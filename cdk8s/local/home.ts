import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This file runs as build/cdk8s/local/home.js. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url));
export const defaultHome = join(repository, '.moorline');

/** Where one local instance keeps everything: `.moorline/`, or the directory that MOORLINE_HOME names. */
export interface Home {
  readonly root: string;
  /** What `make down` keeps: a directory for each Redis and Sentinel, the ports and the secrets that belong to them. */
  readonly data: string;
  readonly portsFile: string;
  readonly secretsFile: string;
  /** There once all processes were ready together; without it the data is that of a first start which did not get so far. */
  readonly formedFile: string;
  /** What lives as long as the processes: their configuration, the plan, the state of the supervisor. */
  readonly run: string;
  readonly planFile: string;
  readonly stateFile: string;
  readonly pids: string;
  readonly log: string;
  readonly envFile: string;
  readonly lockFile: string;
}

export function homeAt(directory: string): Home {
  const root = resolve(directory);
  const data = join(root, 'data');
  const run = join(root, 'run');
  return {
    root,
    data,
    portsFile: join(data, 'ports.json'),
    secretsFile: join(data, 'secrets.json'),
    formedFile: join(data, 'formed'),
    run,
    planFile: join(run, 'plan.json'),
    stateFile: join(run, 'state.json'),
    pids: join(root, 'pids'),
    log: join(root, 'log'),
    envFile: join(root, 'env'),
    lockFile: join(root, 'lock'),
  };
}

export const logFileOf = (home: Home, name: string): string => join(home.log, `${name}.log`);
