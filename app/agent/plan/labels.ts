import type { Facts, NodeFact, Pod, PodRole } from '../facts/types.js';
import type { Action } from './actions.js';

type LabelAction = Extract<Action, { readonly kind: 'label' }>;

/**
 * Labels for pods that have another one than they should. The primary's is taken away before it is given: in between the
 * primary Service leads nowhere, and never to two.
 */
export function labelActions({ nodes, pods }: Facts, primary: number | undefined): LabelAction[] {
  const changes = pods.flatMap((pod, node) => {
    if (pod === undefined) return [];
    const role = roleOf(nodes[node] ?? 'silent', pod, node === primary, primary !== undefined);
    return role === pod.role ? [] : [{ kind: 'label' as const, node, pod, role }];
  });
  return changes.sort((one, other) => turn(one) - turn(other));
}

const turn = ({ pod, role }: LabelAction): number => (pod.role === 'primary' ? 0 : role === 'primary' ? 1 : 2);

/** Who does not answer keeps the label, unless another one has become the primary: its pod may be cut off and serve on. */
function roleOf(node: NodeFact, pod: Pod, isPrimary: boolean, hasPrimary: boolean): PodRole | undefined {
  if (isPrimary) return 'primary';
  if (node === 'silent') return hasPrimary && pod.role === 'primary' ? undefined : pod.role;
  if (node.role === 'replica') return 'replica';
  // Of two primaries the one that is not named has data of its own, which nobody should read.
  return hasPrimary ? undefined : pod.role;
}
