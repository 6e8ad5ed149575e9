import { BlockList, isIP } from 'node:net';

/** The parts of a NetworkPolicy that decide; `from` and `to` as in the API. */
export interface NetworkPolicy {
  readonly kind: 'NetworkPolicy';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly ('Ingress' | 'Egress')[];
    readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: readonly Port[] }[];
    readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: readonly Port[] }[];
  };
}

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly Expression[];
}
type Expression =
  | { readonly key: string; readonly operator: 'In' | 'NotIn'; readonly values: readonly string[] }
  | { readonly key: string; readonly operator: 'Exists' | 'DoesNotExist' };
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface Port {
  readonly protocol?: string;
  readonly port?: number | string;
}
type Labels = Readonly<Record<string, string>>;

/** One end of a connection: a pod, or an address that is none of a pod. */
export interface Pod {
  readonly namespace: { readonly name: string; readonly labels: Labels };
  readonly labels: Labels;
  readonly address: string;
  readonly portNames?: Readonly<Record<string, number>>;
}
export type End = Pod | { readonly address: string };

export interface Connection {
  readonly from: End;
  readonly to: End;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

/** Whether these policies, and no others, let a connection be made: the side that sends and the side that receives must both allow it. */
export const allows = (policies: readonly NetworkPolicy[], connection: Connection): boolean =>
  isAllowed(policies, 'Egress', connection) && isAllowed(policies, 'Ingress', connection);

/** A pod that no policy selects may do everything; one that is selected may do what any rule of these policies says. */
function isAllowed(policies: readonly NetworkPolicy[], type: 'Ingress' | 'Egress', connection: Connection): boolean {
  const [own, other] = type === 'Ingress' ? [connection.to, connection.from] : [connection.from, connection.to];
  if (!isPod(own)) return true;
  const isolating = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === own.namespace.name &&
      spec.policyTypes.includes(type) &&
      selects(spec.podSelector, own.labels),
  );
  return (
    isolating.length === 0 ||
    isolating.some((policy) =>
      rulesOf(policy, type).some(
        ({ peers, ports }) => hasPeer(peers, policy.metadata.namespace, other) && hasPort(ports, connection),
      ),
    )
  );
}

const rulesOf = ({ spec }: NetworkPolicy, type: 'Ingress' | 'Egress') =>
  type === 'Ingress'
    ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));

/** No peers, or an empty list of them, are all peers. */
function hasPeer(peers: readonly Peer[] | undefined, namespace: string, end: End): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock !== undefined)
      return (
        isInside(ipBlock.cidr, end.address) && !(ipBlock.except ?? []).some((except) => isInside(except, end.address))
      );
    if (!isPod(end)) return false;
    const inNamespace =
      namespaceSelector === undefined
        ? end.namespace.name === namespace
        : selects(namespaceSelector, end.namespace.labels);
    return inNamespace && selects(podSelector ?? {}, end.labels);
  });
}

/** A port by name is that of the pod that receives. */
function hasPort(ports: readonly Port[] | undefined, { to, protocol, port }: Connection): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some(({ protocol: wanted = 'TCP', port: name }) => {
    const number = typeof name === 'string' && isPod(to) ? to.portNames?.[name] : name;
    return wanted === protocol && (name === undefined || number === port);
  });
}

/** All of its terms must hold; an empty selector selects everything. */
const selects = ({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every((expression) => holds(expression, labels));

function holds(expression: Expression, labels: Labels): boolean {
  const value = labels[expression.key];
  switch (expression.operator) {
    case 'In':
      return value !== undefined && expression.values.includes(value);
    case 'NotIn':
      return value === undefined || !expression.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

function isInside(cidr: string, address: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if ((isIP(address) === 6 ? 'ipv6' : 'ipv4') !== family) return false;
  const block = new BlockList();
  block.addSubnet(network, Number(bits), family);
  return block.check(address, family);
}

const isPod = (end: End): end is Pod => 'labels' in end;
