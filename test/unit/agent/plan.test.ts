import { describe, expect, test } from '@jest/globals';
import type { Facts, NodeFact } from '../../../app/agent/facts/types.js';
import type { Action } from '../../../app/agent/plan/actions.js';
import { plan, type Memory } from '../../../app/agent/plan/plan.js';
import { healthy, pod, primary, replica, sentinel } from './facts.js';

const now = '2026-02-02T00:00:00.000Z';
const leastGraceMs = 15_000;

const lookOnce = (facts: Facts, memory: Memory = {}, nowMs = 0) => plan(facts, memory, { nowMs, now, leastGraceMs });

/** What is done when the facts stay the same for longer than the grace. */
function planLater(facts: Partial<Facts>): readonly Action[] {
  const all = { ...healthy, ...facts };
  return lookOnce(all, lookOnce(all).memory, leastGraceMs).actions;
}

/** In one line each: `promote 1`, `demote 2 of 0`, `refuse`. */
function inWords(actions: readonly Action[]): string[] {
  return actions.map((action) => {
    switch (action.kind) {
      case 'label':
        return `label ${action.node} ${action.role ?? 'nothing'}`;
      case 'record':
        return `record ${action.record.primary}@${action.record.epoch}`;
      case 'promote':
        return `promote ${action.node}`;
      case 'demote':
        return `demote ${action.node} to ${action.leader}`;
      case 'failover':
      case 'forget':
        return `${action.kind} ${action.sentinel}`;
      case 'refuse':
        return 'refuse';
    }
  });
}

const named = (says: string) => [says, says, says].map((each) => sentinel(each));
const down = (says: string) => [says, says, says].map((each) => sentinel(each, { seesDown: true }));

describe('labels', () => {
  test('are left alone while all is well', () => {
    expect(lookOnce(healthy)).toMatchObject({ actions: [], primary: 0, isSettled: true });
  });

  test('are given to new pods, the primary first', () => {
    const { actions, isSettled } = lookOnce({ ...healthy, pods: [pod(0), pod(1), pod(2)] });
    expect(inWords(actions)).toEqual(['label 0 primary', 'label 1 replica', 'label 2 replica']);
    expect(isSettled).toBe(false);
  });

  test.each<[string, Partial<Facts>, string[]]>([
    [
      "after a failover the former primary's is taken away before the new one's is given",
      { sentinels: named('2@8'), nodes: [replica(2), replica(2), primary()] },
      ['label 0 replica', 'label 2 primary', 'record redis-2@8'],
    ],
    [
      'a former primary that is cut off, or not demoted yet, is neither',
      { sentinels: named('2@8'), nodes: ['silent', replica(2), primary()] },
      ['label 0 nothing', 'label 2 primary', 'record redis-2@8'],
    ],
    [
      'stay during a failover, as long as the new primary is none by its own word',
      { sentinels: named('2@7.5'), nodes: ['silent', replica(0), replica(0)] },
      [],
    ],
    [
      'move as soon as the new primary is one, the record only when the failover is complete',
      { sentinels: named('2@7.5'), nodes: [primary(), replica(0), primary()] },
      ['label 0 nothing', 'label 2 primary'],
    ],
    [
      'stay as they are while too few Sentinels answer',
      { sentinels: [sentinel('2@8'), 'silent', 'silent'], nodes: [primary(), replica(2), primary()] },
      [],
    ],
    [
      'no pod that says it is a replica is called primary, even if nobody else is',
      { nodes: [replica(1), replica(0), replica(0)] },
      ['label 0 replica'],
    ],
    ['a node without a pod gets none', { pods: [undefined, pod(1), pod(2)] }, ['label 1 replica', 'label 2 replica']],
  ])('%s', (_, facts, expected) => {
    expect(inWords(lookOnce({ ...healthy, ...facts }).actions)).toEqual(expected);
  });
});

describe('the record', () => {
  const record = (facts: Partial<Facts>) => {
    const action = lookOnce({ ...healthy, ...facts }).actions.find(({ kind }) => kind === 'record');
    return action?.kind === 'record' ? action.record : undefined;
  };

  test('is written first with all addresses', () => {
    expect(record({ record: undefined })).toEqual({ ...healthy.record, since: now });
  });

  test('keeps the time of the switch while the primary stays', () => {
    expect(record({ sentinels: named('0@9') })).toEqual({ ...healthy.record, epoch: 9 });
  });

  test('never goes back on the word of some Sentinels, who may all have missed a failover', () => {
    const some = { sentinels: [sentinel('0@6'), sentinel('0@6'), 'silent' as const] };
    expect(record(some)).toBeUndefined();
    expect(record({ sentinels: named('0@6') })).toMatchObject({ epoch: 6 });
  });

  test('is not written of a node that does not say that it is primary', () => {
    expect(record({ sentinels: named('1@8') })).toBeUndefined();
  });
});

describe('repairs', () => {
  const restarted = { offset: 0, uptimeSeconds: 20, linkDownSeconds: Infinity };
  const cut = (offset: number, linkDownSeconds = 22) => replica(0, { offset, linkDownSeconds });

  test.each<[string, Partial<Facts>, string]>([
    [
      'everybody a replica, the named one came back with less: the one with the most becomes primary',
      { nodes: [replica(1, restarted), cut(499), cut(500)] },
      'promote 2',
    ],
    [
      'as before, but the replicas had lost their link long before: their offsets say nothing',
      { nodes: [replica(1, restarted), cut(400, 3_600), cut(500, 3_600)] },
      'promote 0',
    ],
    [
      'everybody a replica, nobody has more than the named one',
      { nodes: [replica(1, { linkDownSeconds: 9 }), cut(500), cut(500)] },
      'promote 0',
    ],
    [
      'an empty node is not made primary beside one that holds data',
      { nodes: [replica(1, { ...restarted, holdsData: false }), cut(0), 'silent'] },
      'promote 1',
    ],
    [
      'nobody who answers holds data, and one does not answer',
      {
        nodes: [replica(1, { holdsData: false }), replica(0, { holdsData: false }), 'silent'],
      },
      'refuse',
    ],
    [
      'every node is empty',
      {
        nodes: [replica(1, { holdsData: false }), replica(0, { holdsData: false }), replica(0, { holdsData: false })],
      },
      'promote 0',
    ],
    ['two nodes do not answer: both may hold what is confirmed', { nodes: [replica(1), 'silent', 'silent'] }, 'refuse'],
    [
      'the primary is lost for most Sentinels, and they find nobody to replace it',
      { sentinels: down('0@7'), nodes: ['silent', cut(499, 900), cut(500, 900)] },
      'promote 2',
    ],
    ['as before, but the Sentinels reach the primary', { nodes: ['silent', cut(499), cut(500)] }, 'refuse'],
    [
      'as before, and a failover is under way',
      {
        sentinels: [sentinel('0@7', { isFailingOver: true, seesDown: true }), ...down('0@7').slice(1)],
        nodes: ['silent', cut(499), cut(500)],
      },
      'refuse',
    ],
    [
      'a stale primary that was not demoted in time',
      { sentinels: named('1@8'), nodes: [primary(600), primary(500), replica(1)] },
      'demote 0 to 1',
    ],
    [
      'two primaries and the Sentinels name a replica',
      { sentinels: named('1@8'), nodes: [primary(), replica(0), primary()] },
      'refuse',
    ],
    [
      'a stale primary with data beside a named one without',
      {
        sentinels: named('1@8'),
        nodes: [primary(), { ...primary(0), holdsData: false }, replica(1)],
      },
      'refuse',
    ],
    [
      'the only primary is not the named one: first all follow it',
      { nodes: [replica(1, restarted), primary(), replica(1)], sentinels: named('2@7') },
      'failover 0',
    ],
    [
      'as before, one still follows another',
      { nodes: [replica(2, { offset: 400 }), primary(), replica(1)] },
      'demote 0 to 1',
    ],
    [
      'as before, and it has more than the only primary',
      { nodes: [replica(2, { offset: 501 }), primary(), replica(1)] },
      'refuse',
    ],
    [
      'the only primary is empty, and others hold data',
      { nodes: [replica(2), { ...primary(0), holdsData: false }, replica(1)] },
      'refuse',
    ],
    [
      'too few Sentinels answer and nobody is primary',
      { sentinels: ['silent', 'silent', sentinel('0@7')], nodes: [replica(1), replica(0), replica(0)] },
      'refuse',
    ],
    [
      'the Sentinels remember nothing and nobody is primary',
      { sentinels: ['blank', 'blank', 'blank'], nodes: [replica(1), replica(0), replica(0)] },
      'refuse',
    ],
    [
      'the Sentinels name an address of no node',
      { sentinels: named('elsewhere@7'), nodes: [replica(1), replica(0), replica(0)] },
      'refuse',
    ],
    [
      'the Sentinels contradict each other',
      { sentinels: [sentinel('0@0'), sentinel('1@0'), 'silent'], nodes: [primary(), primary(), replica(0)] },
      'refuse',
    ],
  ])('%s', (_, facts, expected) => {
    const steps = planLater(facts).filter(({ kind }) => kind !== 'label' && kind !== 'record');
    expect(inWords(steps)).toEqual([expected]);
  });

  test('wait until the Sentinels have had their time, which depends on how patient they are', () => {
    const facts = { ...healthy, nodes: [replica(1), replica(0), replica(0)] };
    const first = lookOnce(facts);
    const steps = (nowMs: number, seen = facts) =>
      lookOnce(seen, first.memory, nowMs).actions.filter(({ kind }) => kind === 'promote');
    expect(steps(14_999)).toEqual([]);
    expect(steps(15_000)).toHaveLength(1);
    const patient = { ...facts, sentinels: [0, 1, 2].map(() => sentinel('0@7', { downAfterMs: 10_000 })) };
    expect(steps(29_999, patient)).toEqual([]);
    expect(steps(30_000, patient)).toHaveLength(1);
  });

  test('are one step, and after it they wait again', () => {
    const facts = { ...healthy, nodes: [replica(1), replica(0), replica(0)] };
    const second = lookOnce(facts, lookOnce(facts).memory, 15_000);
    expect(inWords(lookOnce(facts, second.memory, 20_000).actions)).not.toContain('promote 0');
    expect(inWords(lookOnce(facts, second.memory, 30_000).actions)).toContain('promote 0');
  });

  test('begin anew when the trouble was over in between', () => {
    const facts = { ...healthy, nodes: [replica(1), replica(0), replica(0)] };
    const better = lookOnce(healthy, lookOnce(facts).memory, 10_000);
    expect(better.memory.repair).toBeUndefined();
    expect(inWords(lookOnce(facts, better.memory, 16_000).actions)).not.toContain('promote 0');
  });

  test('a refusal is told once', () => {
    const facts = { ...healthy, nodes: ['silent', 'silent', replica(0)] satisfies NodeFact[], sentinels: down('0@7') };
    const second = lookOnce(facts, lookOnce(facts).memory, 15_000);
    expect(inWords(second.actions)).toContain('refuse');
    expect(inWords(lookOnce(facts, second.memory, 60_000).actions)).not.toContain('refuse');
  });
});

describe('ghosts', () => {
  const haunted = sentinel('0@7', { ghosts: ['10.0.0.9:6379'] });

  test('are forgotten by one Sentinel at a time', () => {
    expect(inWords(planLater({ sentinels: [sentinel('0@7'), haunted, haunted] }))).toEqual(['forget 1']);
  });

  test.each<[string, Partial<Facts>]>([
    ['another Sentinel is away', { sentinels: [haunted, sentinel('0@7'), 'silent'] }],
    [
      'another Sentinel still looks for its fellows',
      { sentinels: [haunted, sentinel('0@7', { isComplete: false }), sentinel('0@7')] },
    ],
    ['the Sentinels do not agree', { sentinels: [haunted, sentinel('0@7'), sentinel('0@6')] }],
    ['one takes the primary for down', { sentinels: [haunted, sentinel('0@7'), sentinel('0@7', { seesDown: true })] }],
    ['a replica is away', { sentinels: [haunted, ...named('0@7').slice(1)], nodes: [primary(), replica(0), 'silent'] }],
    [
      'a replica has no link',
      {
        sentinels: [haunted, ...named('0@7').slice(1)],
        nodes: [primary(), replica(0), replica(0, { linkDownSeconds: 3 })],
      },
    ],
  ])('are left alone while %s', (_, facts) => {
    expect(inWords(planLater(facts))).toEqual(['refuse']);
  });
});

test('how long there has been no primary is remembered', () => {
  const facts = { ...healthy, nodes: [replica(1), replica(0), replica(0)] };
  const first = lookOnce(facts, {}, 1_000);
  expect(lookOnce(facts, first.memory, 9_000).memory.withoutPrimarySinceMs).toBe(1_000);
  expect(lookOnce(healthy, first.memory, 9_000).memory.withoutPrimarySinceMs).toBeUndefined();
});
