import type { Facts, SentinelView } from '../facts/types.js';
import type { Refusal, Repair } from './actions.js';
import { viewsOf, type Verdict } from './verdict.js';

/**
 * Has one Sentinel forget servers that are gone for good: they would be counted in its majorities and waited for. It forgets
 * everybody and finds the living anew within seconds, so all others must be whole, and the next one waits for that.
 */
export function ghostStep(facts: Facts, verdict: Verdict): Repair | Refusal | undefined {
  const sentinel = facts.sentinels.findIndex((fact) => typeof fact === 'object' && fact.ghosts.length > 0);
  const haunted = facts.sentinels[sentinel];
  if (typeof haunted !== 'object') return undefined;
  const ghosts = haunted.ghosts.join(', ');
  const obstacle = obstacleOf(facts, verdict);
  if (obstacle !== undefined)
    return { kind: 'refuse', reason: `Sentinel ${sentinel} waits for ${ghosts}, which is gone; ${obstacle}` };
  return { kind: 'forget', sentinel, reason: `it waits for ${ghosts}, which is not part of the release` };
}

/** Why now is no time for it: what has to be put right first. */
function obstacleOf({ sentinels, nodes }: Facts, verdict: Verdict): string | undefined {
  const views = viewsOf(sentinels);
  if (views.length < sentinels.length) return 'start the Sentinels that do not answer first';
  if (verdict.kind !== 'named' || !verdict.isUnanimous) return 'the Sentinels have to agree on the primary first';
  if (views.some(isBusy)) return 'the Sentinels have to be content with the primary first';
  if (!views.every(({ isComplete }) => isComplete)) return 'the Sentinels have to find each other and every node first';
  const follows = nodes.every(
    (node, at) =>
      at === verdict.node || (typeof node === 'object' && node.linkDownSeconds === 0 && node.follows === verdict.node),
  );
  const primary = nodes[verdict.node];
  const leads = typeof primary === 'object' && primary.role === 'primary';
  return follows && leads ? undefined : 'every node has to follow the primary first';
}

const isBusy = ({ seesDown, isFailingOver }: SentinelView): boolean => seesDown || isFailingOver;
