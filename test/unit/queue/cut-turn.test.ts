import { describe, expect, test } from '@jest/globals';
import { cutTurn, type TurnSubmission } from '../../../app/queue/cut-turn.js';
import type { Settlement, Verdict } from '../../../app/queue/settlement.js';

const settlement = (verdict: Verdict, id = 'a', bytes = 30): Settlement => ({
  verdict,
  delivery: { id, fence: '1' },
  args: [id, '1'],
  bytes,
});
const submission = (settlements: readonly Settlement[], max?: number): TurnSubmission => ({
  settlements,
  next: 0,
  claim: max === undefined ? undefined : { max, leaseMs: 1_000, worker: 'w' },
});
const many = (count: number, verdict: Verdict, bytes?: number) =>
  Array.from({ length: count }, (_, n) => settlement(verdict, `j${n}`, bytes));

describe('cutTurn', () => {
  test('sorts the settlements of several callers as the function takes them, and knows whose each is', () => {
    const [a, b] = [
      submission([settlement('release'), settlement('done')]),
      submission([settlement('failed'), settlement('done')]),
    ];
    const { settlements } = cutTurn([a, b]);
    expect(settlements.map(({ item }) => item.verdict)).toEqual(['done', 'done', 'failed', 'release']);
    expect(settlements.map((placed) => [placed.submission === a ? 'a' : 'b', placed.index])).toEqual([
      ['a', 1],
      ['b', 1],
      ['b', 0],
      ['a', 0],
    ]);
  });

  test.each([
    ['done', 500],
    ['extend', 250],
    ['failed', 100],
    ['release', 100],
  ] as const)('takes as many %s as Redis does in about a millisecond: %d', (verdict, count) => {
    const all = submission(many(1_000, verdict));
    expect(cutTurn([all]).settlements).toHaveLength(count);
    expect(all.next).toBe(count);
    expect(cutTurn([all]).settlements[0]?.index).toBe(count);
  });

  test('bounds the bytes, but lets one large settlement pass', () => {
    expect(cutTurn([submission(many(10, 'done', 60_000))]).settlements).toHaveLength(4);
    expect(cutTurn([submission(many(2, 'done', 300_000))]).settlements).toHaveLength(1);
  });

  test('claims only when all settlements of the request are sent', () => {
    const all = submission(many(501, 'done'), 10);
    expect(cutTurn([all]).claims).toEqual([]);
    expect(cutTurn([all]).claims).toMatchObject([{ item: { max: 10 } }]);
    expect(all.claim).toBeUndefined();
  });

  test('hands out 250 jobs and 50 claims at most, and nobody overtakes', () => {
    const claims = [submission([], 200), submission([], 100), submission([], 10)];
    expect(cutTurn(claims).claims.map(({ item }) => item.max)).toEqual([200]);
    expect(cutTurn(claims.slice(1)).claims.map(({ item }) => item.max)).toEqual([100, 10]);
    expect(cutTurn(Array.from({ length: 60 }, () => submission([], 1))).claims).toHaveLength(50);
  });
});
