import { expect, test } from '@jest/globals';
import { deathsInARow, restartDelayMs } from '../../../cdk8s/local/supervisor/restart-delay.js';

test.each([
  [1, 0],
  [2, 250],
  [3, 500],
  [4, 1000],
  [5, 2000],
  [6, 5000],
  [100, 5000],
])('death %d in a row waits %d ms', (deaths, delayMs) => {
  expect(restartDelayMs(deaths)).toBe(delayMs);
});

test('a process that lived ten seconds starts anew at once when it dies', () => {
  expect(deathsInARow(5, 9999)).toBe(6);
  expect(deathsInARow(5, 10_000)).toBe(1);
});
