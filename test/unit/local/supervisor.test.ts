import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Home, homeAt, logFileOf } from '../../../cdk8s/local/home.js';
import type { LocalProcess, PlannedProcess } from '../../../cdk8s/local/plan/plan.js';
import { prepareDisk } from '../../../cdk8s/local/prepare.js';
import { identify, isAlive, waitUntil } from '../../../cdk8s/local/supervisor/processes.js';
import { readState } from '../../../cdk8s/local/supervisor/state.js';
import { stopInstance } from '../../../cdk8s/local/supervisor/stop-instance.js';
import { Supervisor } from '../../../cdk8s/local/supervisor/supervisor.js';

const patienceMs = 20_000;
let home: Home;
let supervisor: Supervisor | undefined;

beforeEach(() => {
  home = homeAt(mkdtempSync(join(tmpdir(), 'moorline-supervisor-')));
});

afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(home.root, { recursive: true, force: true });
});

test('a killed process runs again under a new pid, and the file of its pid says so', async () => {
  supervise(shell('a', 'exec sleep 1000'));
  const first = pidOf('a');
  process.kill(first, 'SIGKILL');
  await become(() => pidOf('a') !== first && isAlive(identify(pidOf('a'))));
  expect(readState(home)?.processes['a']).toMatchObject({ restarts: 1, lastDeath: 'SIGKILL' });
});

test('what a process started dies with it', async () => {
  const childFile = join(home.root, 'child');
  supervise(shell('a', `sleep 1000 & echo $! > ${childFile}; wait`));
  await become(() => existsSync(childFile) && readFileSync(childFile, 'utf8').endsWith('\n'));
  const child = identify(Number(readFileSync(childFile, 'utf8')));
  expect(isAlive(child)).toBe(true);
  process.kill(pidOf('a'), 'SIGKILL');
  await become(() => !isAlive(child));
});

test('a process that cannot run is tried again and again, and its last death is told', async () => {
  supervise(shell('a', 'echo cannot >&2; exit 7'), { ...shell('b', ''), command: ['/no/such/program'] });
  await become(() => ['a', 'b'].every((name) => (readState(home)?.processes[name]?.restarts ?? 0) >= 2));
  expect(readState(home)?.processes['a']?.lastDeath).toBe('exit code 7');
  expect(readState(home)?.processes['b']?.lastDeath).toBe('spawn /no/such/program ENOENT');
  expect(readFileSync(logFileOf(home, 'a'), 'utf8')).toMatch(/^cannot\ncannot\n/);
});

test('stopping ends those without data before those with data, and nothing is started again', async () => {
  const order = join(home.root, 'order');
  const saysBye = (name: string): string =>
    `trap 'echo ${name} >> ${order}; exit 0' TERM; echo up; while :; do sleep 0.05; done`;
  supervise({ ...shell('data', saysBye('data')), stateful: true }, shell('app', saysBye('app')));
  await become(() => ['data', 'app'].every((name) => readFileSync(logFileOf(home, name), 'utf8') === 'up\n'));
  await supervisor?.stop();
  expect(readFileSync(order, 'utf8')).toBe('app\ndata\n');
  expect(existsSync(join(home.pids, 'app')) || existsSync(join(home.pids, 'data'))).toBe(false);
});

test('a frozen process is woken, so that it stops in an orderly way', async () => {
  const bye = join(home.root, 'bye');
  supervise(shell('a', `trap 'echo bye > ${bye}; exit 0' TERM; echo up; while :; do sleep 0.05; done`));
  await become(() => readFileSync(logFileOf(home, 'a'), 'utf8') === 'up\n');
  process.kill(pidOf('a'), 'SIGSTOP');
  await supervisor?.stop();
  expect(existsSync(bye)).toBe(true);
});

test('the environment is that of the plan and not that of the user', async () => {
  process.env['OF_THE_USER'] = 'leaks';
  try {
    supervise({ ...shell('a', 'env; echo end; exec sleep 1000'), environment: { OF_THE_PLAN: 'yes' } });
  } finally {
    delete process.env['OF_THE_USER'];
  }
  await become(() => readFileSync(logFileOf(home, 'a'), 'utf8').includes('end'));
  expect(readFileSync(logFileOf(home, 'a'), 'utf8')).toContain('OF_THE_PLAN=yes');
  expect(readFileSync(logFileOf(home, 'a'), 'utf8')).not.toContain('OF_THE_USER');
});

test('what a killed supervisor left behind is found and stopped', async () => {
  prepare([shell('a', 'exec sleep 1000')]);
  const entry = fileURLToPath(new URL('../../../cdk8s/local/supervisor/supervise.js', import.meta.url));
  const child = spawn(process.execPath, [entry, home.root], { stdio: 'ignore' });
  await become(() => pidOf('a') !== 0);
  const orphan = identify(pidOf('a'));
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(orphan)).toBe(true);
  await stopInstance(home);
  expect(isAlive(orphan)).toBe(false);
});

function prepare(processes: readonly LocalProcess[]): void {
  prepareDisk(
    home,
    processes.map((process): PlannedProcess => ({ ...process, directories: [], files: [] })),
  );
}

function supervise(...processes: LocalProcess[]): void {
  prepare(processes);
  supervisor = new Supervisor(home, processes, () => undefined);
  supervisor.start();
}

function shell(name: string, script: string): LocalProcess {
  return {
    name,
    component: name,
    stateful: false,
    command: ['sh', '-c', script],
    environment: {},
    port: 1,
    readiness: { kind: 'command', command: ['true'], timeoutMs: 1000 },
  };
}

function pidOf(name: string): number {
  const file = join(home.pids, name);
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

async function become(condition: () => boolean): Promise<void> {
  if (!(await waitUntil(condition, patienceMs))) throw new Error(`not so after ${patienceMs} ms: ${String(condition)}`);
}
