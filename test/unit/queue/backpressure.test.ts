import { expect, test } from '@jest/globals';
import { pressureAfter, retryAfterMs, type Pressure } from '../../../app/queue/backpressure.js';

const maxAgeMs = 1_000;

// Looks as [when, age of the oldest ready job]; answers after how long a producer should come again, at each look.
test.each<[string, (readonly [number, number])[], (number | undefined)[]]>([
  [
    'a young line welcomes everybody',
    [
      [0, 0],
      [500, 1_000],
      [9_000, 999],
    ],
    [undefined, undefined, undefined],
  ],
  [
    'one look is no trend, however old the line is',
    [
      [0, 90_000],
      [500, 0],
      [1_000, 90_000],
      [1_900, 90_000],
    ],
    [undefined, undefined, undefined, undefined],
  ],
  [
    'a line that stays too old for an interval sends producers away for as long as it is over, within bounds',
    [
      [0, 1_001],
      [500, 1_500],
      [1_000, 2_000],
      [1_500, 6_000],
      [2_000, 500_000],
    ],
    [undefined, undefined, 1_000, 5_000, 60_000],
  ],
  [
    'and welcomes them as soon as it is young',
    [
      [0, 5_000],
      [1_000, 5_000],
      [1_500, 900],
      [2_000, 5_000],
    ],
    [undefined, 4_000, undefined, undefined],
  ],
  [
    'looks far apart tell nothing of the time between',
    [
      [0, 5_000],
      [10_001, 5_000],
      [20_001, 5_000],
    ],
    [undefined, undefined, 4_000],
  ],
])('%s', (_title, looks, expected) => {
  let pressure: Pressure | undefined;
  const answers = looks.map(([atMs, ageMs]) => {
    pressure = pressureAfter(pressure, { ageMs, atMs }, maxAgeMs);
    return retryAfterMs(pressure, maxAgeMs);
  });
  expect(answers).toEqual(expected);
});
