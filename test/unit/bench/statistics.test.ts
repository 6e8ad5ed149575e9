import { expect, test } from '@jest/globals';
import { quantile, summarize } from '../../../bench/results/statistics.js';

test.each([
  [[7], 0.99, 7],
  [[1, 2, 3], 0.5, 2],
  [[4, 1, 3, 2], 0.5, 2.5],
  [[10, 20], 0.25, 12.5],
  [[3, 1, 2], 1, 3],
  [[3, 1, 2], 0, 1],
])('of %j the quantile %d is %d', (values, p, expected) => {
  expect(quantile(values, p)).toBe(expected);
});

test('nothing has no quantile', () => {
  expect(quantile([], 0.5)).toBeNaN();
});

test('a summary is the median and the middle half', () => {
  expect(summarize([1, 2, 3, 4, 100])).toEqual({ median: 3, low: 2, high: 4 });
});
