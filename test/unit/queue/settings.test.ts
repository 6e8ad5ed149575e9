import { expect, test } from '@jest/globals';
import { backoffText, policyText } from '../../../app/queue/settings.js';

test('functions get numbers and the backoff, as words without spaces', () => {
  expect(policyText({})).toBe('');
  expect(
    policyText({
      concurrency: 5,
      ratePerSecond: 0.5,
      durability: 'memory',
      schema: { type: 'object' },
      backoff: { kind: 'fullJitter', baseMs: 10, maxMs: 100 },
    }),
  ).toBe('concurrency=5 ratePerSecond=0.5 backoff=fullJitter:10:100');
});

test.each([
  [{ kind: 'fixed', delayMs: 7 }, 'fixed:7'],
  [{ kind: 'exponential', baseMs: 1, maxMs: 9 }, 'exponential:1:9'],
  [{ kind: 'decorrelated', baseMs: 1, maxMs: 9 }, 'decorrelated:1:9'],
  [{ kind: 'list', delaysMs: [1, 2, 3] }, 'list:1:2:3'],
] as const)('%j is written %s', (wait, text) => {
  expect(backoffText(wait.kind === 'list' ? { ...wait, delaysMs: [...wait.delaysMs] } : wait)).toBe(text);
});
