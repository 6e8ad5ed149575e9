import { describe, expect, test } from '@jest/globals';
import { judgeData, type Marks } from '../../../app/redis/data-judgement.js';
import { isAcceptedAfter, makeAcceptedEpoch, makeEpoch } from '../../../app/redis/epoch.js';

const first = '1000-0123456789abcdef';
const later = '2000-0123456789abcdef';
const accepted = `${later}-accepted`;
const intervalMs = 30_000;
/** Written for ten minutes. */
const marks: Marks = { first: 5_000, last: 605_000 };

describe('the data of a server, for a process that knew some', () => {
  test.each([
    ['are the same', first, 605_000, 'same'],
    ['are the same, and took a mark whose answer was lost', first, 606_000, 'same'],
    ['lack what no replica had when it was promoted', first, 575_000, 'same'],
    ['are from a minute ago', first, 544_000, 'from before: about 61 s'],
    ['are from before the process', first, undefined, 'from before: about 600 s'],
    ['are gone', undefined, undefined, 'gone'],
    ['are others', later, 605_000, 'are others'],
    ['are something else', 'somebody else wrote this', 605_000, 'are others'],
    ['were accepted by an operator', accepted, undefined, 'accepted'],
    ['were accepted before those it knew', `500-0123456789abcdef-accepted`, undefined, 'are others'],
  ])('%s', (_what, epoch, mark, expected) => {
    const judgement = judgeData({ epoch: first, marks }, { epoch, mark }, intervalMs);
    expect(judgement.verdict === 'lost' ? judgement.reason : judgement.verdict).toContain(expected);
  });

  test('are the same when it wrote no mark yet, or its only one was lost in a failover', () => {
    const found = { epoch: first, mark: undefined };
    expect(judgeData({ epoch: first, marks: undefined }, found, intervalMs).verdict).toBe('same');
    expect(judgeData({ epoch: first, marks: { first: 9, last: 9 } }, found, intervalMs).verdict).toBe('same');
  });
});

test('an accepted epoch comes after all that it replaces, by whatever clock they were made', () => {
  const fromTheFuture = `${Date.now() + 86_400_000}-0123456789abcdef`;
  for (const other of [makeEpoch(), fromTheFuture]) {
    expect(isAcceptedAfter(makeAcceptedEpoch([undefined, other]), other)).toBe(true);
    expect(isAcceptedAfter(makeEpoch(), other)).toBe(false);
  }
});
