import { describe, expect, test } from '@jest/globals';
import { makeJobId } from '../../../app/queue/job-id.js';

describe('makeJobId', () => {
  test('makes ids of 26 digits and small letters', () => {
    expect(makeJobId()).toMatch(/^[0-9a-v]{26}$/);
  });

  test('makes ids that sort in the order they were made, also when the clock is set back', () => {
    const start = Date.now() + 1_000_000;
    const ids = [start, start, start, start + 1, start - 5_000, start - 5_000, start + 2].map((nowMs) =>
      makeJobId(nowMs),
    );
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('makes no id twice', () => {
    expect(new Set(Array.from({ length: 100_000 }, () => makeJobId())).size).toBe(100_000);
  });
});
