import type { Facts, NodeView, SentinelView } from '../facts/types.js';
import type { Refusal, Repair } from './actions.js';
import { viewsOf, type Verdict } from './verdict.js';

type Step = Repair | Refusal;

/**
 * The next step towards one primary that the Sentinels name, where they have not come to that by themselves in time.
 * Undefined when all is well. No step makes a node primary, or a leader, that is known to have less than another.
 */
export function repairStep(facts: Facts, verdict: Verdict): Step | undefined {
  const primaries = ordinalsOf(facts, ({ role }) => role === 'primary');
  const [only] = primaries;
  if (verdict.kind !== 'named') return primaries.length === 1 ? undefined : refuse(whyNobodyIsNamed[verdict.kind]);
  const { node: named } = verdict;
  const views = viewsOf(facts.sentinels);
  if (only === named && primaries.length === 1) return undefined;
  if (views.some(({ isFailingOver }) => isFailingOver)) return refuse('a failover is under way; wait for its end');
  if (facts.nodes[named] === 'silent' && !isSeenDown(views, facts.sentinels.length)) {
    return refuse(
      `node ${named} is primary for the Sentinels and does not answer the agent; see what lies between them`,
    );
  }
  if (only === undefined) return stepWithoutPrimary(facts, named);
  if (primaries.includes(named)) return stepWithStalePrimary(facts, named, primaries);
  if (primaries.length > 1) {
    return refuse(
      `nodes ${primaries.join(' and ')} are primary and the Sentinels name node ${named}, which is not; ${howToForce}`,
    );
  }
  return stepWithUnnamedPrimary(facts, named, only);
}

const howToForce = 'make the one with the newest data the only primary: REPLICAOF with its address on the others';

const whyNobodyIsNamed = {
  unheard: 'too few Sentinels answer; see why their pods do not run',
  blank: 'the Sentinels remember no primary; see in the logs of the Redis pods what they wait for',
  disputed: 'the Sentinels contradict each other; restart those that name a node which is no primary',
  elsewhere: 'the Sentinels name an address that no node has; restart them, they translate it',
} as const;

/** Every node that answers is a replica: the one with the most becomes the primary, and the Sentinels are told afterwards. */
function stepWithoutPrimary(facts: Facts, named: number): Step {
  const silent = facts.nodes.flatMap((node, at) => (node === 'silent' ? [at] : []));
  // Each confirmed write is with two nodes, so one that is away hides none.
  if (silent.length > 1)
    return refuse(`nobody is primary, and nodes ${silent.join(' and ')} do not answer; start one of them`);
  const holders = ordinalsOf(facts, ({ holdsData }) => holdsData);
  const fullest = fullestOf(facts, holders, named);
  if (fullest !== undefined) {
    return { kind: 'promote', node: fullest, reason: 'nobody is primary, and no node has more data' };
  }
  const [absent] = silent;
  if (absent !== undefined) {
    return refuse(`nobody is primary, the nodes that answer are empty and node ${absent} may hold data; start it`);
  }
  return { kind: 'promote', node: named, reason: 'nobody is primary, and every node is empty' };
}

/** The named node before equals. Undefined where none holds data. */
function fullestOf(facts: Facts, holders: readonly number[], named: number): number | undefined {
  const former = viewOf(facts, named);
  const fresh = holders.filter((node) => node === named || !isOutdated(viewOf(facts, node), former));
  const inOrder = fresh.toSorted(
    (one, other) => offsetOf(facts, other) - offsetOf(facts, one) || preference(one) - preference(other),
  );
  return inOrder[0];

  function preference(node: number): number {
    return node === named ? -1 : node;
  }
}

/** How much earlier than the start of the former primary a link to it may have been lost by its stop. */
const stopSeconds = 30;

/**
 * A replica that had lost its link long before the former primary stopped lacks what came after; its offset does not
 * tell, since the former primary has lost count by its restart.
 */
function isOutdated(replica: NodeView | undefined, former: NodeView | undefined): boolean {
  return former?.holdsData === true && (replica?.linkDownSeconds ?? 0) > former.uptimeSeconds + stopSeconds;
}

/** The one that the Sentinels name is the truth; the other ones have missed a failover. */
function stepWithStalePrimary(facts: Facts, named: number, primaries: readonly number[]): Step {
  const stale = primaries.find((node) => node !== named) ?? named;
  if (viewOf(facts, named)?.holdsData !== true && viewOf(facts, stale)?.holdsData === true) {
    return refuse(
      `node ${named}, which the Sentinels name, is empty, and node ${stale} is primary too and holds data; ` +
        `delete the pod of node ${named}: at its start it hands over to a node that holds data`,
    );
  }
  return { kind: 'demote', node: stale, leader: named, reason: 'it is primary, and the Sentinels name another one' };
}

/** All others follow the only primary first, so that a failover cannot choose one that has less; then one Sentinel is asked for it. */
function stepWithUnnamedPrimary(facts: Facts, named: number, primary: number): Step {
  const others = ordinalsOf(facts, ({ role, follows }) => role === 'replica' && follows !== primary);
  const ahead = others.find((node) => offsetOf(facts, node) > offsetOf(facts, primary));
  if (viewOf(facts, primary)?.holdsData !== true && others.some((node) => viewOf(facts, node)?.holdsData === true)) {
    return refuse(`node ${primary} is the only primary and empty, and others hold data; ${howToForce}`);
  }
  if (ahead !== undefined) {
    return refuse(`node ${primary} is the only primary and behind node ${ahead}; ${howToForce}`);
  }
  const [stray] = others;
  if (stray !== undefined) {
    return { kind: 'demote', node: stray, leader: primary, reason: 'it follows another node than the only primary' };
  }
  const asked = facts.sentinels.findIndex((sentinel) => typeof sentinel === 'object' && sentinel.named === named);
  return {
    kind: 'failover',
    sentinel: asked,
    reason: `the Sentinels name node ${named}, and node ${primary} is primary`,
  };
}

/** By most of the Sentinels. */
const isSeenDown = (views: readonly SentinelView[], sentinels: number): boolean =>
  2 * views.filter(({ seesDown }) => seesDown).length > sentinels;

const viewOf = ({ nodes }: Facts, node: number): NodeView | undefined => {
  const view = nodes[node];
  return typeof view === 'object' ? view : undefined;
};

const offsetOf = (facts: Facts, node: number): number => viewOf(facts, node)?.offset ?? 0;

const ordinalsOf = ({ nodes }: Facts, applies: (view: NodeView) => boolean): readonly number[] =>
  nodes.flatMap((view, node) => (typeof view === 'object' && applies(view) ? [node] : []));

const refuse = (reason: string): Refusal => ({ kind: 'refuse', reason });
