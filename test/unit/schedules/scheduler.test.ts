import { describe, expect, test } from '@jest/globals';
import { restMs } from '../../../app/queue/schedules/scheduler.js';

describe('how long a scheduler rests', () => {
  test.each([
    ['the holder, until the next run', { fence: 1, nextDueMs: 300 }, 300],
    ['the holder while runs are near, no longer than a renewal', { fence: 1, nextDueMs: 20_000 }, 5_000],
    ['the holder with nothing near, until then', { fence: 1, nextDueMs: 45_000 }, 45_000],
    ['the holder with nothing in sight, a minute', { fence: 1, nextDueMs: 1e9 }, 60_000],
    ['another, until the lease of one that died is free', { nextDueMs: 300 }, 16_500],
    ['another with nothing near, until after the next run', { nextDueMs: 30_000 }, 31_500],
    ['all of them when there is no schedule, a minute', {}, 61_500],
  ])('%s', (_, turn, expected) => {
    expect(restMs({ now: 0, due: [], ...turn }, 0.5)).toBe(expected);
  });
});
