import { describe, expect, test } from '@jest/globals';
import { ratesOf } from '../../../app/queue/observe.js';

const now = 1_700_000_003_000;
const slot = now / 10_000 - 0.3;

/** The fields of slots, by their age in slots. */
const stats = (counted: Readonly<Record<number, string>>) =>
  new Map(
    Object.entries(counted).map(([age, counts]) => [
      `slot:${(slot - Number(age)) % 6}`,
      `${slot - Number(age)} ${counts}`,
    ]),
  );

describe('ratesOf', () => {
  test('is zero without any slot', () => {
    expect(ratesOf(new Map(), now)).toEqual({ enqueuedPerSecond: 0, donePerSecond: 0, failedPerSecond: 0 });
  });

  test('counts the present slot and five before it, over the time they cover', () => {
    const rates = ratesOf(stats({ 0: '53 0 0', 1: '53 106 0', 5: '0 0 53' }), now);
    expect(rates).toEqual({ enqueuedPerSecond: 2, donePerSecond: 2, failedPerSecond: 1 });
  });

  test('ignores slots that are older, or of a clock that was ahead', () => {
    const old = new Map([
      ['slot:0', `${slot - 6} 100 100 100`],
      ['slot:1', `${slot + 1} 100 100 100`],
    ]);
    expect(ratesOf(old, now)).toEqual({ enqueuedPerSecond: 0, donePerSecond: 0, failedPerSecond: 0 });
  });
});
