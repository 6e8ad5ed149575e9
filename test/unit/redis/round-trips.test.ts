import { expect, test } from '@jest/globals';
import { RoundTrips } from '../../../app/redis/round-trips.js';

test.each([
  ['nothing', [], undefined],
  ['one call', [1.234], { p50: 1.23, p99: 1.23 }],
  ['a slow one among few', [1, 1, 1, 50], { p50: 1, p99: 50 }],
  ['as many as are kept', [9, 9, 1, 2, 3, 4], { p50: 2, p99: 4 }],
])('the times of %s', (_what, all, times) => {
  const trips = new RoundTrips(4);
  for (const ms of all) trips.add(ms);
  expect(trips.times()).toEqual(times);
});
