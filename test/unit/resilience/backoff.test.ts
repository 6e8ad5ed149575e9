import { expect, test } from '@jest/globals';
import { backoffDelayMs } from '../../../app/resilience/backoff.js';

const backoff = { firstMs: 50, maxMs: 5000 };

test.each([
  [0, 0, 25],
  [0, 1, 50],
  [1, 1, 100],
  [3, 1, 400],
  [10, 1, 5000],
  [10, 0, 2500],
  [100_000, 1, 5000],
])('before try %i with chance %d it waits %i ms', (attempt, random, delayMs) => {
  expect(backoffDelayMs(attempt, backoff, random)).toBe(delayMs);
});

test('two processes do not wait the same time', () => {
  const delays = new Set(Array.from({ length: 50 }, () => backoffDelayMs(8, backoff)));
  expect(delays.size).toBeGreaterThan(10);
});
