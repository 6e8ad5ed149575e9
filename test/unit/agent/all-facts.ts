import type { Facts, NodeFact } from '../../../app/agent/facts/types.js';
import { healthy, pod, primary, replica, sentinel } from './facts.js';

const opinions = ['silent', 'blank', '0@7', '1@8', '1@7.5'].map((says) => sentinel(says));
const doubts = [
  sentinel('1@7'),
  sentinel('elsewhere@8'),
  sentinel('0@7', { seesDown: true }),
  sentinel('1@8', { isFailingOver: true, seesDown: true }),
  sentinel('0@7', { ghosts: ['10.0.0.9:26379'] }),
  sentinel('0@7', { isComplete: false }),
];

/** Every combination of what three Sentinels and three nodes can say, and of the labels that their pods may have. */
export function* allFacts(): Generator<Facts> {
  for (const first of nodesThat(1))
    for (const second of nodesThat(0))
      for (const third of nodesThat(0)) {
        const nodes = [first, second, third];
        for (const sentinels of threeOf([...opinions, ...doubts])) yield { ...healthy, sentinels, nodes };
        // Labels go by what the nodes say and whom the Sentinels name, not by each of their doubts.
        for (const sentinels of threeOf(opinions))
          for (const pods of labelled) yield { ...healthy, sentinels, nodes, pods };
      }
}

/** What a node can say that, as a replica, follows the given one. */
const nodesThat = (follow: number): NodeFact[] => [
  'silent',
  primary(500),
  { ...primary(0), holdsData: false },
  replica(follow, { offset: 500 }),
  replica(follow, { offset: 400, linkDownSeconds: 20 }),
  replica(follow, { offset: 600, linkDownSeconds: 3_600, uptimeSeconds: 20 }),
  replica(follow, { offset: 0, holdsData: false, linkDownSeconds: Infinity }),
];

/** No pod is called primary, or one, or (as no plan leaves it) two. */
const labelled = [
  [pod(0), pod(1, 'replica'), pod(2, 'replica')],
  [pod(0, 'primary'), pod(1), pod(2, 'replica')],
  [pod(0, 'primary'), pod(1, 'primary'), pod(2, 'replica')],
];

/** In one order each: which Sentinel says what makes no difference to the node that they name. */
function threeOf<T>(all: readonly T[]): T[][] {
  return all.flatMap((a, i) => all.slice(i).flatMap((b, j) => all.slice(i + j).map((c) => [a, b, c])));
}
