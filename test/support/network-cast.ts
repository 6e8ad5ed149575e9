import type { KubernetesObject } from '../../cdk8s/render.js';
import { allows, type Connection, type End, type NetworkPolicy, type Pod } from './network-policy.js';

// Everybody who may meet in a network: the pods of a release, and all kinds of others.

type Cast = Readonly<Record<string, End>>;
type Labels = Readonly<Record<string, string>>;

const home = 'messaging';
const pod = (namespace: string, labels: Labels, address: string): Pod => ({
  namespace: { name: namespace, labels: { 'kubernetes.io/metadata.name': namespace } },
  labels,
  address,
});

/** One pod of each component, two of a StatefulSet, and one that is of the release but of no component. */
export function membersOf(objects: readonly KubernetesObject[]): Cast {
  const workloads = objects.filter(isWorkload);
  const [{ labels: anyLabels }] = workloads.map(({ spec }) => spec.template.metadata) as [{ labels: Labels }];
  const shared = {
    [nameLabel]: anyLabels[nameLabel] ?? '',
    [instanceLabel]: anyLabels[instanceLabel] ?? '',
  };
  const pods = workloads.flatMap(({ kind, spec }, at): [string, Pod][] => {
    const { labels } = spec.template.metadata;
    const component = labels[componentLabel] ?? '';
    const ordinals = kind === 'StatefulSet' ? ['-0', '-1'] : [''];
    return ordinals.map((suffix, ordinal) => [component + suffix, pod(home, labels, `10.91.${at}.${ordinal + 1}`)]);
  });
  return {
    agent: pod(home, { ...shared, [componentLabel]: 'agent' }, '10.91.100.1'),
    ...Object.fromEntries(pods),
    test: pod(home, { ...shared, [componentLabel]: 'test' }, '10.91.100.2'),
    unnamed: pod(home, shared, '10.91.100.3'),
  };
}

/** Those who are not of the release; `fullname` is what a client names. */
export const strangersTo = (fullname: string): Cast => ({
  client: pod(home, { app: 'shop', 'moorline-client': fullname }, '10.91.200.1'),
  neighbour: pod(home, { app: 'shop' }, '10.91.200.2'),
  clientOfAnother: pod(home, { 'moorline-client': 'another' }, '10.91.200.3'),
  clientElsewhere: pod('shops', { 'moorline-client': fullname }, '10.91.201.1'),
  prometheus: pod('monitoring', { app: 'prometheus' }, '10.91.202.1'),
  dns: pod('kube-system', { 'k8s-app': 'kube-dns' }, '10.91.203.1'),
  apiServer: { address: '10.90.0.11' },
  internet: { address: '203.0.113.7' },
});

const allPorts = [
  ...[6379, 26379, 8080, 443, 6443, 22, 53].map((port) => ({ protocol: 'TCP', port }) as const),
  { protocol: 'UDP', port: 53 } as const,
];

/** Every connection that the policies allow between members, or a member and a stranger, as `from -> to:port`. */
export function allowedEdges(
  objects: readonly KubernetesObject[],
  members: Cast,
  strangers: Cast,
  ports: readonly Pick<Connection, 'protocol' | 'port'>[] = allPorts,
): string[] {
  const policies = policiesOf(objects);
  const everybody = Object.entries({ ...members, ...strangers });
  const connections = everybody.flatMap(([sender, from]) =>
    everybody
      .filter(([receiver]) => receiver !== sender && (sender in members || receiver in members))
      .flatMap(([receiver, to]) =>
        ports.map((port): [string, Connection] => [edge(sender, receiver, port), { from, to, ...port }]),
      ),
  );
  return connections.filter(([, connection]) => allows(policies, connection)).map(([name]) => name);
}

export const policiesOf = (objects: readonly object[]): NetworkPolicy[] =>
  objects.filter((object): object is NetworkPolicy => 'kind' in object && object.kind === 'NetworkPolicy');

/** `redis-0 -> sentinel-1:26379`; UDP is said. */
export const edge = (from: string, to: string, { protocol, port }: { protocol: string; port: number }): string =>
  `${from} -> ${to}:${port}${protocol === 'UDP' ? '/udp' : ''}`;

const nameLabel = 'app.kubernetes.io/name';
const instanceLabel = 'app.kubernetes.io/instance';
const componentLabel = 'app.kubernetes.io/component';

interface Workload extends KubernetesObject {
  readonly spec: { readonly template: { readonly metadata: { readonly labels: Labels } } };
}
const isWorkload = (object: KubernetesObject): object is Workload =>
  ['StatefulSet', 'Deployment'].includes(object.kind);
