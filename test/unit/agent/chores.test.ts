import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { Chores } from '../../../app/agent/chores.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const log = pino({ level: 'silent' });
const hourMs = 3_600_000;

test('a chore is done soon after the start, then in its interval, also after it failed, and not after the stop', async () => {
  const outcomes: string[] = [];
  const run = jest.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('once')).mockResolvedValue();
  const chores = new Chores({
    chores: [{ name: 'hourly', everyMs: hourMs, run }],
    remainingMs: () => Infinity,
    log,
    onDone: (outcome) => outcomes.push(outcome),
  });
  await jest.advanceTimersByTimeAsync(15_000);
  expect(outcomes).toEqual(['failed']);
  await jest.advanceTimersByTimeAsync(hourMs * 1.25);
  expect(outcomes).toEqual(['failed', 'done']);
  await chores.stop();
  await jest.advanceTimersByTimeAsync(hourMs * 3);
  expect(outcomes).toEqual(['failed', 'done']);
});

test('a chore waits for the turn of this agent, and no longer', async () => {
  const run = jest.fn<() => Promise<void>>().mockResolvedValue();
  let remainingMs = 4_000;
  const chores = new Chores({
    chores: [{ name: 'hourly', everyMs: hourMs, run }],
    remainingMs: () => remainingMs,
    log,
    onDone: () => undefined,
  });
  await jest.advanceTimersByTimeAsync(60_000);
  expect(run).not.toHaveBeenCalled();
  remainingMs = 60_000;
  await jest.advanceTimersByTimeAsync(15_000);
  expect(run).toHaveBeenCalledTimes(1);
  await chores.stop();
});
