import { describe, expect, test } from '@jest/globals';
import { nextLimit, type Round } from '../../../../app/resilience/limiter/aimd.js';

const calm: Round = {
  inFlight: 20,
  succeeded: 100,
  failed: 0,
  loopUtilization: 0.3,
  loopDelayMs: 2,
  renewedLate: false,
};

describe('the limit of the next round', () => {
  test.each<[string, number, Partial<Round>, number]>([
    ['grows by one when it is used', 20, {}, 21],
    ['grows when half of it is used', 40, {}, 41],
    ['stays when less is used', 41, {}, 41],
    ['stays when nothing was done, whatever was seen', 20, { inFlight: 0, loopUtilization: 1, failed: 9 }, 20],
    ['shrinks by a tenth when too much fails', 20, { succeeded: 10, failed: 5 }, 18],
    ['is not touched by a few failures', 20, { succeeded: 1, failed: 2 }, 21],
    ['is not touched by the usual failures', 20, { succeeded: 100, failed: 10 }, 21],
    ['shrinks by a tenth when leases are renewed late', 20, { renewedLate: true }, 18],
    ['shrinks by a fifth when the event loop is busy', 20, { loopUtilization: 0.9 }, 16],
    ['shrinks by a fifth when the event loop is late', 20, { loopDelayMs: 51 }, 16],
    ['shrinks by the larger part when several things are wrong', 20, { loopDelayMs: 99, failed: 99 }, 16],
    ['never exceeds the most', 100, { inFlight: 100 }, 100],
    ['never falls below the least', 2, { loopUtilization: 1 }, 2],
  ])('%s', (_, limit, round, expected) => {
    expect(nextLimit(limit, { ...calm, ...round }, { min: 2, max: 100 })).toBeCloseTo(expected);
  });

  test('swings around what can be borne', () => {
    let limit = 4;
    const limits = Array.from({ length: 300 }, () => {
      const round = { ...calm, inFlight: Math.floor(limit), loopUtilization: limit > 30 ? 0.95 : 0.5 };
      limit = nextLimit(limit, round, { min: 1, max: 1000 });
      return limit;
    });
    const settled = limits.slice(50);
    expect(Math.max(...settled)).toBeLessThanOrEqual(31);
    expect(Math.min(...settled)).toBeGreaterThanOrEqual(24);
  });
});
