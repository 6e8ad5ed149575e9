import { describe, expect, test } from '@jest/globals';
import { joinPages, splitPage, sumFields } from '../../../../app/queue/sharding/merge.js';
import { ShardBoard } from '../../../../app/queue/sharding/shard-board.js';
import { joinSettled, splitSettlements } from '../../../../app/queue/sharding/split-settle.js';
import type { DeadJob } from '../../../../app/queue/types.js';

const dead = (id: string, diedAt: number) => ({ id, diedAt }) as DeadJob;

describe('a page of dead letters', () => {
  test('is asked of all shards, and has a position in each that has more', () => {
    const request = { limit: 5 };
    expect([...splitPage(request, 2)]).toEqual([
      [0, { limit: 2, cursor: '0' }],
      [1, { limit: 2, cursor: '0' }],
    ]);
    const pages = new Map([
      [0, { jobs: [dead('a', 1), dead('c', 3)], cursor: '33' }],
      [1, { jobs: [dead('b', 2)] }],
    ]);
    const page = joinPages(request, 2, pages);
    expect(page.jobs.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(page.cursor).toBe('0-33');
    expect([...splitPage({ limit: 5, cursor: '0-33' }, 2)]).toEqual([[0, { limit: 5, cursor: '33' }]]);
  });

  test('that is too small for all shards leaves some to the next one', () => {
    const request = { limit: 2 };
    expect([...splitPage(request, 3).keys()]).toEqual([0, 1]);
    const page = joinPages(request, 3, new Map([0, 1].map((shard) => [shard, { jobs: [], cursor: '7' }])));
    expect(page.cursor).toBe('0-7_1-7_2-0');
  });

  test('has a cursor that is checked', () => {
    expect(() => splitPage({ limit: 1, cursor: '12' }, 2)).toThrow('cursor');
  });
});

test('numbers are summed field by field', () => {
  expect(
    sumFields([
      { a: 1, b: { c: 2 } },
      { a: 3, b: { c: 4 } },
    ]),
  ).toEqual({ a: 4, b: { c: 6 } });
});

test('settlements go to the shards that their fences name, and come back as one answer', () => {
  const parts = splitSettlements({
    done: [
      { id: 'a', fence: '1' },
      { id: 'b', fence: '2.03' },
    ],
    extend: [{ id: 'c', fence: '3.03', leaseMs: 5 }],
  });
  expect(Object.fromEntries(parts)).toEqual({
    0: { done: [{ id: 'a', fence: '1' }] },
    3: { done: [{ id: 'b', fence: '2' }], extend: [{ id: 'c', fence: '3', leaseMs: 5 }] },
  });
  const rejected = [{ id: 'c', fence: '3.03', reason: 'stale' as const }];
  expect(
    joinSettled([
      { accepted: 1, rejected: [], jobs: [], nextWakeMs: 9 },
      { accepted: 1, rejected, jobs: [], nextWakeMs: 5 },
    ]),
  ).toEqual({ accepted: 2, rejected, jobs: [], nextWakeMs: 5 });
});

describe('the board of shards', () => {
  test('knows where there may be work', () => {
    const board = new ShardBoard();
    expect(board.choose()).toBeUndefined();
    board.expect(2);
    expect(board.choose()).toBe(2);
    board.note(2, false);
    expect(board.choose()).toBeUndefined();
  });

  test('prefers of two the one that was not looked at for longer', () => {
    const board = new ShardBoard();
    board.note(0, true);
    board.note(1, true);
    const draws = [0.9, 0.1];
    expect(board.choose(() => draws.shift() ?? 0)).toBe(0);
    expect(board.inTurn(3)).toEqual([2, 0, 1]);
  });
});
