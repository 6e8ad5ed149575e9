import { find } from '../../cdk8s/local/find-program.js';
import { hasOwnNamespaces } from '../namespaces.js';

/** A network or mounts that may be broken without harm to others. */
export type Need = 'network' | 'mounts';

const programs = { network: 'iptables', mounts: 'mount' } as const satisfies Record<Need, string>;

/** Undefined when this machine has it; else why the fault is not possible here. */
export function whyNot(need: Need | undefined): string | undefined {
  if (need === undefined) return undefined;
  if (!hasOwnNamespaces()) return 'not possible here: this system gives no namespaces (Linux, root or user namespaces)';
  const program = programs[need];
  return find(program) === undefined ? `not possible here: ${program} is missing` : undefined;
}
