import { beforeAll, expect, test } from '@jest/globals';
import { allFacts } from './all-facts.js';
import { decideAll, type Decision, type Facts } from './decide-runner.js';
import { expectedDecision, situationOf, type Situation } from './oracle.js';

// Over all combinations of facts.

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

test('no node becomes primary unless it is named, forced, recorded, or the first one', () => {
  expectNone(
    ({ facts, situation, decided }) =>
      decided.decision === 'primary' &&
      situation.named !== facts.ordinal &&
      facts.forcePrimary !== facts.ordinal &&
      situation.recorded !== facts.ordinal &&
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

test('the record decides nothing while a majority of the Sentinels is silent, or any node is primary', () => {
  expectNone(
    ({ situation, decided }) =>
      (situation.named === 'unheard' || situation.primaries.length > 0) &&
      decided.reason.includes('record of the agent'),
  );
});

test('unnamed, nobody follows a node that is not primary or recorded, nor one that is empty when it holds data itself', () => {
  expectNone(({ facts, situation, decided }) => {
    if (decided.decision !== 'replica' || typeof situation.named === 'number') return false;
    if (decided.leader === situation.recorded && situation.primaries.length === 0) return false;
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
