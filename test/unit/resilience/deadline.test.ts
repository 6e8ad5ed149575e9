import { expect, test } from '@jest/globals';
import { beforeDeadline, Deadline } from '../../../app/resilience/deadline.js';

const late = () => new Error('late');

test('work that is done in time settles as it is', async () => {
  await expect(beforeDeadline(Promise.resolve(1), Deadline.after(60_000), late)).resolves.toBe(1);
  const failing = Promise.reject(new Error('broken'));
  await expect(beforeDeadline(failing, Deadline.after(60_000), late)).rejects.toThrow('broken');
});

test('work that is never done rejects at the deadline', async () => {
  const deadline = Deadline.after(20);
  await expect(beforeDeadline(new Promise(() => undefined), deadline, late)).rejects.toThrow('late');
  // Timers may be a millisecond early.
  expect(deadline.remainingMs).toBeLessThan(2);
});

test('work that fails after the deadline is no unhandled rejection', async () => {
  let fail: ((error: Error) => void) | undefined;
  const work = new Promise((_, reject) => (fail = reject));
  await expect(beforeDeadline(work, Deadline.after(1), late)).rejects.toThrow('late');
  fail?.(new Error('too late'));
  await new Promise(setImmediate);
});

test('a deadline in the past has no time left', () => {
  const deadline = Deadline.after(-5);
  expect(deadline.isPast).toBe(true);
  expect(deadline.remainingMs).toBe(0);
});
