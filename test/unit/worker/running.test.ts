import { expect, test } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { Delivery } from '../../../app/worker/delivery.js';
import { Running } from '../../../app/worker/running.js';

const log = createLog({ level: 'silent' });

const delivery = (id: string): Delivery => {
  const job = { id, fence: '1', attempt: 1, maxAttempts: 1, priority: 0, enqueuedAt: 1, leaseUntil: 2, dataJson: '{}' };
  return new Delivery('q', job, { leaseMs: 1_000, timeoutMs: 1_000, log });
};

test.each([
  ['the first', 0, ['b', 'c']],
  ['one in the middle', 1, ['a', 'c']],
  ['the last', 2, ['a', 'b']],
])('when %s has ended, the others are still running', (_which, at, left) => {
  const running = new Running();
  const all = ['a', 'b', 'c'].map(delivery);
  for (const one of all) running.add(one);
  running.delete(all[at] as Delivery);
  expect([...running].map(({ job }) => job.id).sort()).toEqual(left);
  for (const one of [...running]) running.delete(one);
  expect(running.size).toBe(0);
});
