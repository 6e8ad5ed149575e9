import { describe, expect, test } from '@jest/globals';
import { lostCount, violations, type Evidence } from '../../cluster/judge.js';
import { ledgerOf } from '../../cluster/load/ledger.js';
import type { Event } from '../../cluster/load/pod/events.js';

const acknowledged = (client: string, atMs: number, ...ids: string[]): Event => ({
  type: 'acknowledged',
  client,
  ids,
  atMs,
});
const ran = (id: string, fence: string): Event => ({ type: 'ran', id, fence, atMs: 0 });
const failed = (client: string, reason = 'ECONNRESET'): Event => ({
  type: 'failed',
  client,
  reason,
  message: '',
  atMs: 0,
});

const evidenceOf = (events: readonly Event[], rest: Partial<Evidence> = {}): Evidence => ({
  bound: { stallMs: 2000, clientErrors: 0 },
  ledger: ledgerOf([{ node: 'a', events }], new Set()),
  states: new Map(),
  restarted: [],
  strict: false,
  ...rest,
});

describe('the judgement on a cluster', () => {
  test('is content when everything that was acknowledged has run', () => {
    expect(violations(evidenceOf([acknowledged('p', 1, '1', '2'), ran('1', 'f1'), ran('2', 'f2')]))).toEqual([]);
  });

  test('a job that nobody ran and the queue does not know is lost', () => {
    const evidence = evidenceOf([acknowledged('p', 1, '1')], { states: new Map([['1', 'missing']]) });
    expect(violations(evidence)).toEqual([expect.stringMatching(/^lost: job 1 /)]);
    expect(lostCount(evidence)).toBe(1);
  });

  test('a job that nobody ran and the queue still has is stuck, even if the queue says that it is done', () => {
    const evidence = evidenceOf([acknowledged('p', 1, '1')], { states: new Map([['1', 'done']]) });
    expect(violations(evidence)).toEqual([expect.stringMatching(/^stuck: job 1 .* it is done$/)]);
    expect(lostCount(evidence)).toBe(0);
  });

  test.each([
    ['more than are allowed', 0, 1],
    ['as many as are allowed', 2, 0],
    ['any number where there is no bound', undefined, 0],
  ])('failed calls: %s', (_, clientErrors, expected) => {
    const bound = clientErrors === undefined ? {} : { clientErrors };
    expect(violations(evidenceOf([failed('p'), failed('p')], { bound }))).toHaveLength(expected);
  });

  test.each([
    ['within the bound', true, 2000, 0],
    ['beyond it, when times are judged', true, 2001, 1],
    ['beyond it, when a busy machine is forgiven', false, 2001, 0],
    ['beyond all patience', false, 60_001, 1],
  ])('a stall %s', (_, strict, stallMs, expected) => {
    const events = [acknowledged('p', 100), acknowledged('p', 100 + stallMs), acknowledged('p', 150 + stallMs)];
    expect(violations(evidenceOf(events, { strict }))).toHaveLength(expected);
  });

  test.each([
    [true, 1],
    [false, 0],
  ])('a call that its client gave up is a matter of time (judged: %s)', (strict, expected) => {
    expect(violations(evidenceOf([failed('p', 'answer timeout')], { strict }))).toHaveLength(expected);
  });

  test('a process of the application that was started again though nobody killed it is a fault', () => {
    expect(violations(evidenceOf([], { restarted: ['container gateway of g-1'] }))).toHaveLength(1);
  });
});

describe('the ledger', () => {
  const events = [
    acknowledged('a p', 1000, '1'),
    failed('a p'),
    acknowledged('a p', 9000, '2'),
    ran('1', 'f'),
    ran('1', 'g'),
  ];

  test('keeps what clients of a lost node have seen, but not how long they waited or what failed', () => {
    const { acknowledged: ids, failures, stallsMs } = ledgerOf([{ node: 'a', events }], new Set(['a']));
    expect([...ids]).toEqual(['1', '2']);
    expect(failures.size + stallsMs.size).toBe(0);
  });

  test('adds up all nodes, and keeps clients and deliveries apart', () => {
    const ledger = ledgerOf(
      [
        { node: 'a', events },
        { node: 'b', events: [acknowledged('b p', 5000, '3'), failed('b p')] },
      ],
      new Set(),
    );
    expect([...ledger.acknowledged]).toEqual(['1', '2', '3']);
    expect(ledger.ran.get('1')).toEqual(new Set(['f', 'g']));
    expect(ledger.failures).toEqual(new Map([['ECONNRESET', 2]]));
    expect(ledger.stallsMs).toEqual(
      new Map([
        ['a p', 8000],
        ['b p', 0],
      ]),
    );
  });
});
