/** What a release looks like from outside, at one moment. */
export interface View {
  /** `deployed`, as `helm status` says. */
  readonly helm: string;
  /** Pods of the release that are not ready or on their way out, and Deployments or StatefulSets that are not complete. */
  readonly unfinished: readonly string[];
  readonly nodes: readonly NodeView[];
  readonly sentinels: readonly SentinelView[];
  /** The pods behind the Service of the primary; undefined where there is no such Service. */
  readonly primaryService?: readonly string[];
}

/** A Redis node; `follows` and `link` say whom a replica follows, by pod name, and whether it is in sync. */
export interface NodeView {
  readonly pod: string;
  readonly role: 'primary' | 'replica' | 'silent';
  readonly follows?: string;
  readonly link?: string;
}

/** `primary` is a pod name, or an address that no pod has; undefined when the Sentinel names none. */
export interface SentinelView {
  readonly pod: string;
  readonly primary?: string;
  readonly replicas: number;
  readonly otherSentinels: number;
  /** Nothing is down, and no failover under way. */
  readonly isCalm: boolean;
}

/** What is not as it is without a fault, a line each; none when everything is. */
export function wrongIn(view: View): string[] {
  const primaries = view.nodes.filter(({ role }) => role === 'primary').map(({ pod }) => pod);
  const [primary] = primaries;
  if (primary === undefined || primaries.length > 1)
    return [...wrongOutside(view), `expected one primary, got ${primaries.join(' and ') || 'none'}`];
  return [
    ...wrongOutside(view),
    ...view.nodes.flatMap((node) => wrongReplica(node, primary)),
    ...view.sentinels.flatMap((sentinel) => wrongSentinel(sentinel, primary, view)),
    ...wrongService(view, primary),
  ];
}

const wrongOutside = ({ helm, unfinished }: View): string[] => [
  ...(helm === 'deployed' ? [] : [`expected helm to say deployed, it says ${helm}`]),
  ...unfinished,
];

function wrongReplica({ pod, role, follows, link }: NodeView, primary: string): string[] {
  if (role === 'primary') return [];
  if (role === 'silent') return [`${pod} does not answer`];
  return follows === primary && link === 'up'
    ? []
    : [`${pod} follows ${follows ?? 'nobody'}, its link is ${link ?? 'unknown'}`];
}

function wrongSentinel(sentinel: SentinelView, primary: string, view: View): string[] {
  const { pod, replicas, otherSentinels, isCalm } = sentinel;
  if (sentinel.primary !== primary) return [`${pod} names ${sentinel.primary ?? 'no primary'}, not ${primary}`];
  const wrong: string[] = [];
  if (replicas !== view.nodes.length - 1) wrong.push(`${pod} knows ${replicas} replicas, not ${view.nodes.length - 1}`);
  if (otherSentinels !== view.sentinels.length - 1)
    wrong.push(`${pod} knows ${otherSentinels} other Sentinels, not ${view.sentinels.length - 1}`);
  if (!isCalm) wrong.push(`${pod} sees something down or a failover under way`);
  return wrong;
}

const wrongService = ({ primaryService }: View, primary: string): string[] =>
  primaryService === undefined || (primaryService.length === 1 && primaryService[0] === primary)
    ? []
    : [`the Service of the primary leads to ${primaryService.join(' and ') || 'nobody'}, not to ${primary}`];
