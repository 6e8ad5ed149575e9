import { beforeAll, expect, test } from '@jest/globals';
import type { Facts, NodeView } from '../../../app/agent/facts/types.js';
import type { Action } from '../../../app/agent/plan/actions.js';
import { plan, type Plan } from '../../../app/agent/plan/plan.js';
import { verdictOf, viewsOf } from '../../../app/agent/plan/verdict.js';
import { situationOf } from '../scripts/oracle.js';
import { allFacts } from './all-facts.js';

// Over all combinations of facts, once as they are seen first and once when they have lasted.

interface Case {
  readonly facts: Facts;
  readonly first: Plan;
  readonly later: Plan;
}

const clock = { now: '2026-02-02T00:00:00.000Z', leastGraceMs: 15_000 };
const violations = new Map<string, Case>();
let count = 0;

beforeAll(() => {
  for (const facts of allFacts()) {
    const first = plan(facts, {}, { ...clock, nowMs: 0 });
    const later = plan(facts, first.memory, { ...clock, nowMs: clock.leastGraceMs });
    const each = { facts, first, later };
    count += 1;
    for (const [rule, holds] of Object.entries(rules)) {
      if (!violations.has(rule) && !holds(each)) violations.set(rule, each);
    }
  }
}, 120_000);

const rules: Readonly<Record<string, (each: Case) => boolean>> = {
  'nothing is repaired or refused before the Sentinels have had their time': ({ first }) =>
    first.actions.every(({ kind }) => kind === 'label' || kind === 'record'),

  'at most one step is taken, or one thing refused': ({ later }) => stepsOf(later).length <= 1,

  'without one primary that the Sentinels name, something is done or it is said why not': ({ facts, later }) =>
    verdictOf(facts.sentinels).kind !== 'named' || later.primary !== undefined || stepsOf(later).length === 1,

  'two primaries are never left without a step or a word': ({ facts, later }) =>
    primariesOf(facts).length < 2 || stepsOf(later).length === 1,

  'every refusal says what to do': ({ later }) =>
    stepsOf(later).every((step) => step.kind !== 'refuse' || /; \w/.test(step.reason)),

  'no step is taken without a majority of the Sentinels': ({ facts, later }) =>
    2 * viewsOf(facts.sentinels).length > 3 || stepsOf(later).every(({ kind }) => kind === 'refuse'),

  'no step is taken while a failover is under way': ({ facts, later }) =>
    viewsOf(facts.sentinels).every(({ isFailingOver }) => !isFailingOver) ||
    stepsOf(later).every(({ kind }) => kind === 'refuse'),

  'no node is promoted beside a primary': ({ facts, later }) =>
    primariesOf(facts).length === 0 || !stepsOf(later).some(({ kind }) => kind === 'promote'),

  'no empty node is promoted while another one holds data or may hold some': ({ facts, later }) =>
    stepsOf(later).every(
      (step) =>
        step.kind !== 'promote' ||
        viewOf(facts, step.node)?.holdsData === true ||
        facts.nodes.every((node) => node !== 'silent' && !node.holdsData),
    ),

  'no node is promoted that does not answer': ({ facts, later }) =>
    stepsOf(later).every((step) => step.kind !== 'promote' || viewOf(facts, step.node) !== undefined),

  'no node that the Sentinels name is demoted while it is primary': ({ facts, later }) => {
    const verdict = verdictOf(facts.sentinels);
    return stepsOf(later).every(
      (step) =>
        step.kind !== 'demote' ||
        verdict.kind !== 'named' ||
        step.node !== verdict.node ||
        viewOf(facts, step.node)?.role !== 'primary',
    );
  },

  'a node is only made to follow a primary, and never an empty one when it holds data itself': ({ facts, later }) =>
    stepsOf(later).every((step) => {
      if (step.kind !== 'demote') return true;
      const leader = viewOf(facts, step.leader);
      return leader?.role === 'primary' && (leader.holdsData || viewOf(facts, step.node)?.holdsData !== true);
    }),

  'a Sentinel is reset only while all others are whole and content': ({ facts, later }) =>
    stepsOf(later).every(
      (step) =>
        step.kind !== 'forget' ||
        facts.sentinels.every((fact) => typeof fact === 'object' && fact.isComplete && !fact.seesDown),
    ),

  'the primary is labelled, and nobody else': ({ facts, first }) => {
    if (first.primary === undefined) return true;
    const [before, after] = [labelsBefore(facts), labelsAfter(facts, first.actions)];
    return after[first.primary] === 'primary' && primariesAmong(after) === 1 && before.length === after.length;
  },

  'no label of a primary is given before the other one is taken away': ({ facts, first }) => {
    const labels = first.actions.filter(({ kind }) => kind === 'label');
    const most = Math.max(1, primariesAmong(labelsBefore(facts)));
    return labels.every((_, at) => primariesAmong(labelsAfter(facts, labels.slice(0, at + 1))) <= most);
  },

  'no replica is called primary in the end': ({ facts, first }) =>
    labelsAfter(facts, first.actions).every(
      (role, node) => role !== 'primary' || viewOf(facts, node)?.role !== 'replica',
    ),

  'only a primary that the Sentinels name is recorded': ({ facts, first }) =>
    first.actions.every((action) => {
      if (action.kind !== 'record') return true;
      const verdict = verdictOf(facts.sentinels);
      return (
        verdict.kind === 'named' && action.record.primary === `redis-${verdict.node}` && first.primary === verdict.node
      );
    }),

  'the Sentinels are understood as the start scripts understand them': ({ facts }) => {
    const verdict = verdictOf(facts.sentinels);
    return (verdict.kind === 'named' ? verdict.node : verdict.kind) === namedByTheScripts(facts);
  },
};

test.each(Object.keys(rules))('%s', (rule) => {
  expect(count).toBeGreaterThan(100_000);
  expect(violations.get(rule)).toBeUndefined();
});

const stepsOf = ({ actions }: Plan): Action[] => actions.filter(({ kind }) => kind !== 'label' && kind !== 'record');

const viewOf = ({ nodes }: Facts, node: number): NodeView | undefined => {
  const view = nodes[node];
  return typeof view === 'object' ? view : undefined;
};

const primariesOf = ({ nodes }: Facts): unknown[] =>
  nodes.filter((node) => typeof node === 'object' && node.role === 'primary');

type Labels = readonly (string | undefined)[];

const labelsBefore = ({ pods }: Facts): Labels => pods.map((pod) => pod?.role);

function labelsAfter(facts: Facts, actions: readonly Action[]): Labels {
  const labels = [...labelsBefore(facts)];
  for (const action of actions) if (action.kind === 'label') labels[action.node] = action.role;
  return labels;
}

const primariesAmong = (labels: Labels): number => labels.filter((role) => role === 'primary').length;

const remembered = new Map<string, unknown>();

function namedByTheScripts({ sentinels }: Facts): unknown {
  const votes = sentinels.map((fact) =>
    typeof fact === 'object' ? `${fact.named ?? 'elsewhere'}@${fact.epoch}` : fact,
  );
  const key = votes.join(' ');
  if (!remembered.has(key)) remembered.set(key, situationOf({ ...nobody, votes }).named);
  return remembered.get(key);
}

const nobody = {
  ordinal: 0,
  localData: 'none',
  lastStop: 'clean',
  peers: [],
  forcePrimary: undefined,
  failoverAnswer: '',
  patience: 'left',
} as const;
