import { describe, expect, test } from '@jest/globals';
import { killPrimary } from '../../../lab/faults/kill-primary.js';
import { invariants } from '../../../lab/invariants/index.js';
import type { Evidence } from '../../../lab/invariants/invariant.js';
import { Journal } from '../../../lab/load/journal.js';

describe('the invariants of the lab', () => {
  test('a round in which all went well breaks none', () => {
    expect(violationsOf({})).toEqual([]);
  });

  test.each<[string, Change, readonly string[]]>([
    [
      'an acknowledged job that the queue does not know',
      { end: { state: 'missing', hasReason: false } },
      ['nothing-lost: job 1 was acknowledged, and the queue does not know it'],
    ],
    [
      'a job that is done without anybody having run it',
      { prepare: ({ begun }) => begun.delete('1') },
      ['every-job-runs: job 1 is done, but nobody ran it'],
    ],
    [
      'a job that never ends',
      { end: { state: 'ready', hasReason: false } },
      ['every-job-runs: job 1 has not ended, it is still ready'],
    ],
    [
      'a dead letter that does not tell why',
      { end: { state: 'dead', hasReason: false } },
      ['every-job-runs: job 1 is a dead letter without a reason'],
    ],
    ['a dead letter that tells why', { end: { state: 'dead', hasReason: true } }, []],
    [
      'a fence that was handed out again',
      { prepare: (journal) => journal.handedOut('1', '7') },
      ['one-settlement: delivery 1:7 was handed out 2 times'],
    ],
    ['another delivery of the same job', { prepare: (journal) => journal.handedOut('1', '8') }, []],
    [
      'two verdicts on one delivery',
      { prepare: (journal) => journal.deliveries.get('1:7')?.accepted.add('failed') },
      ['one-settlement: delivery 1:7 was accepted as done and then as failed'],
    ],
    [
      'a chunk that came twice',
      { prepare: ({ live }) => live.chunkTroubles.push('chunk 7 after 7') },
      ['chunks-once: chunk 7 after 7'],
    ],
    [
      'a message that came late',
      { prepare: ({ live }) => live.messageTroubles.push('message 6 after 7') },
      ['messages-in-order: message 6 after 7'],
    ],
    [
      'two nodes that take writes',
      { writableNodes: ['redis-0', 'redis-2'] },
      ['one-primary: writes are taken by redis-0 and redis-2'],
    ],
    ['no node that takes writes', { writableNodes: [] }, ['one-primary: writes are taken by no node']],
    ['a client that was late, where time is not judged', { gapMs: 29_000 }, []],
    [
      'a client that was late, where time is judged',
      { gapMs: 2100, strict: true },
      ['clients-return: producer was without for 2.1 s, more than 2.0 s'],
    ],
    [
      'a client that did not come back',
      { gapMs: 31_000 },
      ['clients-return: producer was without for 31.0 s, more than 30.0 s'],
    ],
  ])('%s', (_, change, expected) => {
    expect(violationsOf(change)).toEqual(expected);
  });
});

interface Change extends Partial<Pick<Evidence, 'writableNodes' | 'strict'>> {
  readonly end?: { readonly state: string; readonly hasReason: boolean };
  readonly gapMs?: number;
  readonly prepare?: (journal: Journal) => unknown;
}

/** Of a round with one job, which one delivery has brought to its end, but for the change. */
function violationsOf({ end = { state: 'done', hasReason: false }, gapMs = 1000, prepare, ...rest }: Change): string[] {
  const journal = new Journal();
  journal.acknowledged.add('1');
  journal.handedOut('1', '7').accepted.add('done');
  prepare?.(journal);
  const evidence: Evidence = {
    fault: killPrimary,
    journal,
    ends: new Map([['1', end]]),
    gapsMs: new Map([['producer', gapMs]]),
    writableNodes: ['redis-1'],
    strict: false,
    ...rest,
  };
  return invariants.flatMap((invariant) =>
    invariant.violations(evidence).map((violation) => `${invariant.name}: ${violation}`),
  );
}
