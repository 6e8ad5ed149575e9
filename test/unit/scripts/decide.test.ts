import { beforeAll, describe, expect, test } from '@jest/globals';
import { allFacts } from './all-facts.js';
import { decideAll, type Decision, type Facts } from './decide-runner.js';
import { expectedDecision, situationOf, type Situation } from './oracle.js';

/** Node 0 of three, its volume kept, nothing known yet. */
const usual: Facts = {
  ordinal: 0,
  localData: 'kept',
  lastStop: 'clean',
  votes: ['silent', 'silent', 'silent'],
  peers: ['me', 'silent', 'silent'],
  forcePrimary: undefined,
  failoverAnswer: '',
  patience: 'left',
};

const namesMe = ['0@7', '0@7', '0@7'];
const blank = ['blank', 'blank', 'blank'];
const synced = 'replica,kept,500,synced';

describe('the rules by name', () => {
  test.each<[string, Partial<Facts>, string]>([
    ['a. the Sentinels name another, which does not even answer', { votes: ['1@7', '1@7', 'silent'] }, 'replica of 1'],
    [
      'a. a failover that only one Sentinel has heard of counts: its epoch is newer',
      { votes: ['0@7', '0@7', '1@8'] },
      'replica of 1',
    ],
    ['b. named, stopped cleanly', { votes: namesMe, peers: ['me', synced, synced] }, 'primary'],
    [
      'b. named, crashed, and no replica was in sync',
      { votes: namesMe, lastStop: 'unclean', peers: ['me', 'replica,kept,1,apart', 'silent'] },
      'primary',
    ],
    [
      'b. as before, but perhaps one reply was only late',
      { votes: namesMe, lastStop: 'unclean', patience: 'new' },
      'wait',
    ],
    [
      "b'. named, crashed, and a replica may have more",
      { votes: namesMe, lastStop: 'unclean', peers: ['me', synced, 'silent'] },
      'failover',
    ],
    [
      "b'. as before, and Sentinel finds no replica fit for it",
      {
        votes: namesMe,
        lastStop: 'unclean',
        peers: ['me', synced, 'silent'],
        patience: 'spent',
        failoverAnswer: 'no-good-replica',
      },
      'primary',
    ],
    [
      "b'. as before, and the failover never came",
      { votes: namesMe, lastStop: 'unclean', peers: ['me', synced, 'silent'], patience: 'spent' },
      'refuse',
    ],
    [
      'c. named, volume empty, a peer holds data',
      { votes: namesMe, localData: 'none', peers: ['me', synced, 'silent'] },
      'failover',
    ],
    [
      'c. as before, and no failover came about',
      { votes: namesMe, localData: 'none', peers: ['me', synced, 'silent'], patience: 'spent' },
      'refuse',
    ],
    [
      'd. named, volume empty, all peers say they are empty',
      { votes: namesMe, localData: 'none', peers: ['me', 'replica,none,1,apart', 'replica,none,1,apart'] },
      'primary',
    ],
    [
      'd. as before, but silence proves nothing',
      { votes: namesMe, localData: 'none', peers: ['me', 'replica,none,1,apart', 'silent'] },
      'wait',
    ],
    [
      'e. no majority, one primary with replicas',
      { votes: ['1@7', 'silent', 'silent'], peers: ['me', 'silent', 'primary,kept,9,1'] },
      'replica of 2',
    ],
    [
      'e. no majority, one primary with the highest offset',
      { peers: ['me', 'replica,kept,9,apart', 'primary,kept,9,0'] },
      'replica of 2',
    ],
    [
      'e. no majority, one primary but it is behind',
      { peers: ['me', 'replica,kept,10,apart', 'primary,kept,9,0'], patience: 'spent' },
      'refuse',
    ],
    [
      'e. no majority, one primary but it is empty',
      { peers: ['me', 'silent', 'primary,none,0,1'], patience: 'spent' },
      'refuse',
    ],
    [
      'e. no majority, two primaries',
      { peers: ['me', 'primary,kept,9,1', 'primary,kept,9,0'], patience: 'spent' },
      'refuse',
    ],
    [
      'f. too few Sentinels answer: the record has to be heard',
      { votes: ['0@7', 'silent', 'silent'], patience: 'spent' },
      'wait',
    ],
    ['g. first start, node 0', { votes: ['blank', 'blank', 'silent'], localData: 'none' }, 'primary'],
    [
      'g. first start, node 1',
      { ordinal: 1, votes: blank, localData: 'none', peers: ['silent', 'me', 'silent'] },
      'wait',
    ],
    [
      'g. no first start where one Sentinel remembers a primary',
      { votes: ['blank', 'blank', '1@7'], localData: 'none', patience: 'spent' },
      'refuse',
    ],
    ['h. the Sentinels remember nothing and this node holds data', { votes: blank, patience: 'spent' }, 'refuse'],
    ['h. as before, before time is up', { votes: blank }, 'wait'],
    ['h. as before, and people have decided for this node', { votes: blank, forcePrimary: 0 }, 'primary'],
    ['h. as before, and people have decided for another', { votes: blank, forcePrimary: 1 }, 'wait'],
    [
      'h. people have decided, but the Sentinels know better',
      { votes: ['1@7', '1@7', '1@7'], forcePrimary: 0 },
      'replica of 1',
    ],
    [
      'h. people have decided for a node without data',
      { votes: blank, localData: 'none', forcePrimary: 0, patience: 'spent' },
      'refuse',
    ],
    [
      'h. the Sentinels name an address of no node',
      { votes: ['elsewhere@7', 'elsewhere@7', 'silent'], patience: 'spent' },
      'refuse',
    ],
  ])('%s', async (_, facts, expected) => {
    const [decided] = await decideAll([{ ...usual, ...facts }]);
    expect(decided?.leader === undefined ? decided?.decision : `${decided.decision} of ${decided.leader}`).toBe(
      expected,
    );
  });

  test('a refusal says in one line how to decide', async () => {
    const [decided] = await decideAll([{ ...usual, votes: blank, patience: 'spent' }]);
    expect(decided?.reason).toBe(
      'the Sentinels remember no primary, and no node is primary; set redis.bootstrap.forcePrimary to the ordinal of the node with the newest data',
    );
  });

  test('it makes no difference which Sentinel says what', async () => {
    const answers = ['0@7', '1@8', 'silent'];
    const orders = answers.flatMap((a) =>
      answers.flatMap((b) => answers.filter((c) => new Set([a, b, c]).size === 3).map((c) => [a, b, c])),
    );
    const decisions = await decideAll(orders.map((votes) => ({ ...usual, votes })));
    expect(orders).toHaveLength(6);
    expect(new Set(decisions.map((decision) => JSON.stringify(decision))).size).toBe(1);
  });
});

describe('over all combinations of facts', () => {
  interface Case {
    readonly facts: Facts;
    readonly situation: Situation;
    readonly decided: Decision;
  }
  let cases: Case[] = [];

  beforeAll(async () => {
    const facts = allFacts();
    const half = Math.ceil(facts.length / 2);
    const decisions = (await Promise.all([decideAll(facts.slice(0, half)), decideAll(facts.slice(half))])).flat();
    cases = facts.flatMap((each, at) => {
      const decided = decisions[at];
      return decided === undefined ? [] : [{ facts: each, situation: situationOf(each), decided }];
    });
  }, 300_000);

  test('the decision is that of the ordered rules', () => {
    expectNone(({ facts, decided }) => {
      const expected = expectedDecision(facts);
      return expected.decision !== decided.decision || expected.leader !== decided.leader;
    });
  });

  test('an empty node is never primary while a peer holds data', () => {
    expectNone(
      ({ facts, situation, decided }) =>
        decided.decision === 'primary' && facts.localData === 'none' && situation.holders.length > 0,
    );
  });

  test('silence never counts as no data, but for the first start, which the Sentinels prove', () => {
    expectNone(
      ({ facts, situation, decided }) =>
        decided.decision === 'primary' &&
        facts.localData === 'none' &&
        situation.silent.length > 0 &&
        situation.named !== 'blank',
    );
  });

  test('no node becomes primary beside a primary that holds data', () => {
    expectNone(
      ({ situation, decided }) =>
        decided.decision === 'primary' && situation.primaries.some(({ holdsData }) => holdsData),
    );
  });

  test('no node becomes primary unless it is named, forced, or the first one', () => {
    expectNone(
      ({ facts, situation, decided }) =>
        decided.decision === 'primary' &&
        situation.named !== facts.ordinal &&
        facts.forcePrimary !== facts.ordinal &&
        !(situation.named === 'blank' && facts.ordinal === 0 && facts.localData === 'none'),
    );
  });

  test('a node that is named never becomes a replica without a failover', () => {
    expectNone(({ facts, situation, decided }) => decided.decision === 'replica' && situation.named === facts.ordinal);
  });

  test('whoever the Sentinels name is followed, whatever else is said', () => {
    expectNone(
      ({ facts, situation, decided }) =>
        typeof situation.named === 'number' &&
        situation.named !== facts.ordinal &&
        !(decided.decision === 'replica' && decided.leader === situation.named),
    );
  });

  test('unnamed, nobody follows a node that is not primary, nor one that is empty when it holds data itself', () => {
    expectNone(({ facts, situation, decided }) => {
      if (decided.decision !== 'replica' || typeof situation.named === 'number') return false;
      const leader = situation.primaries.find(({ ordinal }) => ordinal === decided.leader);
      return leader === undefined || (facts.localData === 'kept' && !leader.holdsData);
    });
  });

  test('a failover is asked for only by the node that is named, and only when a peer holds data', () => {
    expectNone(
      ({ facts, situation, decided }) =>
        decided.decision === 'failover' && (situation.named !== facts.ordinal || situation.holders.length === 0),
    );
  });

  test('nothing is refused before time is up, and every refusal says what to do', () => {
    expectNone(
      ({ facts, decided }) =>
        decided.decision === 'refuse' && (facts.patience !== 'spent' || !decided.reason.includes('; ')),
    );
  });

  function expectNone(violates: (each: Case) => boolean): void {
    expect(cases.length).toBeGreaterThan(100_000);
    expect(cases.find(violates)).toBeUndefined();
  }
});
