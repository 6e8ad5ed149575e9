import { eq, ternary, when, type Arg, type Expr, type Refs } from '../template/index.js';
import type { Values } from '../values/index.js';
import { selectorOf, type Component } from './names.js';

// Over which nodes and zones the pods of a component spread.

/** Data nodes and Sentinels; `replicas` is how many nodes `apart` asks for. */
export const spreadStrictly = (
  component: Component,
  { spread }: { readonly spread: Refs<Values['redis']['spread']> },
  replicas: Arg<number>,
) => [
  {
    ...spreadOver(nodeKey, eq(spread.nodes, 'soft'), component),
    // While there are fewer nodes than that, a node with one pod counts as one too many.
    minDomains: when<number>(eq(spread.nodes, 'apart'), replicas),
  },
  spreadOver(zoneKey, eq(spread.zones, 'soft'), component),
];

/** Deployments: the pods of a new version are spread among themselves, whatever is left of the old one. */
export const spreadSoftly = (
  component: Component,
  { spread }: { readonly spread: Refs<Values['gateway']['spread']> },
) => [
  { ...spreadOver(nodeKey, eq(spread.nodes, 'soft'), component), ...perVersion },
  { ...spreadOver(zoneKey, eq(spread.zones, 'soft'), component), ...perVersion },
];

const nodeKey = 'kubernetes.io/hostname';
const zoneKey = 'topology.kubernetes.io/zone';
const perVersion = { matchLabelKeys: ['pod-template-hash'] };

const spreadOver = (topologyKey: string, isSoft: Expr<boolean>, component: Component) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: ternary(isSoft, 'ScheduleAnyway', 'DoNotSchedule'),
  // A cordoned or lost node is no place to wait for.
  nodeTaintsPolicy: 'Honor',
  labelSelector: { matchLabels: selectorOf(component) },
});
