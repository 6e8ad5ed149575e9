import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type Home, homeAt } from '../../../cdk8s/local/home.js';
import { withLock } from '../../../cdk8s/local/lock.js';
import { identify } from '../../../cdk8s/local/supervisor/processes.js';

let home: Home;

beforeEach(() => {
  home = homeAt(mkdtempSync(join(tmpdir(), 'moorline-lock-')));
});

afterEach(() => {
  rmSync(home.root, { recursive: true, force: true });
});

test('one command works at a time', async () => {
  const log: string[] = [];
  const work = (name: string) =>
    withLock(home, async () => {
      log.push(`${name} begins`);
      await turn();
      log.push(`${name} ends`);
    });
  await Promise.all([work('a'), work('b')]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect(existsSync(home.lockFile)).toBe(false);
});

test('a command that fails gives its turn to the next', async () => {
  await expect(withLock(home, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withLock(home, () => Promise.resolve('yes'))).resolves.toBe('yes');
});

test('the lock of a killed command counts for nothing', async () => {
  const owner = spawn('sleep', ['1000']);
  writeFileSync(home.lockFile, JSON.stringify(identify(owner.pid ?? 0)));
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  await expect(withLock(home, () => Promise.resolve('mine'))).resolves.toBe('mine');
});

test('nor does that of a process whose pid belongs to another one now', async () => {
  writeFileSync(home.lockFile, JSON.stringify({ ...identify(process.pid), startedAt: '1' }));
  await expect(withLock(home, () => Promise.resolve('mine'))).resolves.toBe('mine');
});
