import { describe, expect, test } from '@jest/globals';
import { Pulse } from '../../../lab/load/pulse.js';
import { Random } from '../../../lab/random.js';

describe('chance in the lab', () => {
  test('the same seed makes the same choices, another one makes others', () => {
    const draws = (random: Random): number[] => Array.from({ length: 20 }, () => random.between(1, 1000));
    expect(draws(new Random('1'))).toEqual(draws(new Random('1')));
    expect(draws(new Random('1'))).not.toEqual(draws(new Random('2')));
    expect(draws(new Random('1').derive('a'))).not.toEqual(draws(new Random('1').derive('b')));
  });

  test('a range is hit from end to end and never left', () => {
    const random = new Random('range');
    const drawn = new Set(Array.from({ length: 1000 }, () => random.between(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
  });
});

describe('how long a client was without', () => {
  const pulse = new Pulse(0);
  for (const beat of [10, 20, 500, 520, 530]) pulse.beat(beat);

  test.each([
    ['the longest gap of all', 0, 540, 480],
    ['a gap that began before the fault counts from the fault on', 100, 540, 400],
    ['a client that did not come back was without until the end', 530, 1000, 470],
    ['nothing at all in between', 100, 200, 100],
  ])('%s', (_, fromMs, toMs, gapMs) => {
    expect(pulse.longestGapMs(fromMs, toMs)).toBe(gapMs);
  });
});
