import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { RoundResult } from '../../../lab/round.js';

const main = fileURLToPath(new URL('../../../lab/main.js', import.meta.url));
const testMs = 300_000;

// A short selection. Loss is judged here; seconds are judged on a machine that has nothing else to do.
test(
  'a stack under load loses nothing when its primary is stopped or killed, or its worker is killed',
  async () => {
    const faults = ['planned-failover', 'kill-primary', 'kill-worker'];
    const { exitCode, stdout, stderr } = await chaos('--json', '--fault', ...faults);
    const { rounds } = JSON.parse(stdout) as { readonly rounds: readonly RoundResult[] };
    expect(rounds.map(({ fault, violations }) => ({ fault, violations }))).toEqual(
      faults.map((fault) => ({ fault, violations: [] })),
    );
    for (const { acknowledged, lost } of rounds) {
      expect(acknowledged).toBeGreaterThan(50);
      expect(lost).toBe(0);
    }
    expect(stderr).toContain('✓ kill-primary 1: ');
    expect(exitCode).toBe(0);
  },
  testMs,
);

test('an unknown fault is a wrong use', async () => {
  const { exitCode, stdout, stderr } = await chaos('--fault', 'kill-everybody');
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain("argument 'kill-everybody' is invalid. Expected one of planned-failover, kill-primary");
});

function chaos(...args: readonly string[]): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode, stdout, stderr });
    });
  });
}
