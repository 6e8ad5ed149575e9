import type {
  KubernetesObject,
  V1Deployment,
  V1EndpointSlice,
  V1Pod,
  V1Service,
  V1ServiceSpec,
} from '@kubernetes/client-node';
import type { TestRelease } from '../support/release.js';
import { eventually } from '../support/tools.js';
import { type NodeView, type SentinelView, type View, wrongIn } from './view.js';

/** Waits until nothing is wrong any more; answers how the release looks then. */
export async function settled(release: TestRelease, deadlineMs: number): Promise<View> {
  const last: { wrong: readonly string[] } = { wrong: [] };
  return eventually('a release that is whole', deadlineMs, async () => {
    const view = await observe(release);
    last.wrong = wrongIn(view);
    return last.wrong.length === 0 ? view : undefined;
  }).catch((error: unknown) => {
    throw new Error(`not whole after ${deadlineMs / 1000} s: ${last.wrong.join('; ') || (error as Error).message}`, {
      cause: error,
    });
  });
}

/** Of the primary. */
export async function redisVersion(release: TestRelease): Promise<string> {
  const text = await askSelf(release, await release.primary(), 'REDIS_NODES', 'REDIS_PASSWORD_FILE', 'INFO server');
  return /^redis_version:([\d.]+)/m.exec(text)?.[1] ?? 'unknown';
}

export async function observe(release: TestRelease): Promise<View> {
  const [objects, helm] = await Promise.all([objectsOf(release), helmStatus(release)]);
  const podNames = new Map(objects.flatMap(addressOf));
  const pods = ofKind<V1Pod>(objects, 'Pod');
  const of = (component: string) =>
    pods
      .filter((pod) => componentOf(pod) === component)
      .map(nameOf)
      .sort();
  const [nodes, sentinels] = await Promise.all([
    Promise.all(of('redis').map((pod) => nodeView(release, pod, podNames))),
    Promise.all(of('sentinel').map((pod) => sentinelView(release, pod, podNames))),
  ]);
  const primaryService = primaryServiceOf(release, objects);
  return {
    helm,
    unfinished: [...unfinishedPods(pods), ...unfinishedSets(objects)],
    nodes,
    sentinels,
    ...(primaryService !== undefined && { primaryService }),
  };
}

const kinds = 'pods,services,endpointslices,deployments,statefulsets';

async function objectsOf(release: TestRelease): Promise<KubernetesObject[]> {
  const selector = `app.kubernetes.io/instance=${release.name}`;
  return (
    JSON.parse(await release.kubectl('get', kinds, '-l', selector, '-o', 'json')) as { items: KubernetesObject[] }
  ).items;
}

async function helmStatus(release: TestRelease): Promise<string> {
  const text = await release.helm('status', release.name, '-o', 'json');
  return (JSON.parse(text) as { info: { status: string } }).info.status;
}

/** Asks the server of a pod as its own probes do. */
const askSelf = (
  release: TestRelease,
  pod: string,
  nodes: string,
  password: string,
  command: string,
): Promise<string> =>
  release
    .exec(
      pod,
      'sh',
      '-c',
      `. /etc/moorline/scripts/lib.sh; read_identity "$${nodes}"; read_password "$${password}"; ask_self "$password" ${command}`,
    )
    .catch(() => '');

async function nodeView(release: TestRelease, pod: string, podNames: ReadonlyMap<string, string>): Promise<NodeView> {
  const text = await askSelf(release, pod, 'REDIS_NODES', 'REDIS_PASSWORD_FILE', 'INFO replication');
  const fields = new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, key = '', value = '']) => [key, value]));
  if (fields.get('role') === 'master') return { pod, role: 'primary' };
  if (fields.get('role') !== 'slave') return { pod, role: 'silent' };
  const address = fields.get('master_host') ?? '';
  return {
    pod,
    role: 'replica',
    follows: podNames.get(address) ?? address,
    link: fields.get('master_link_status') ?? '',
  };
}

async function sentinelView(
  release: TestRelease,
  pod: string,
  podNames: ReadonlyMap<string, string>,
): Promise<SentinelView> {
  const text = await askSelf(
    release,
    pod,
    'SENTINEL_NODES',
    'SENTINEL_PASSWORD_FILE',
    'SENTINEL MASTER "$PRIMARY_NAME"',
  );
  const lines = text.split('\n');
  const field = (name: string): string | undefined =>
    lines[lines.findIndex((line, at) => at % 2 === 0 && line === name) + 1];
  const address = lines.includes('ip') ? field('ip') : undefined;
  return {
    pod,
    ...(address !== undefined && { primary: podNames.get(address) ?? address }),
    replicas: Number(field('num-slaves')),
    otherSentinels: Number(field('num-other-sentinels')),
    isCalm: field('flags') === 'master',
  };
}

function addressOf(object: KubernetesObject): [string, string][] {
  if (object.kind !== 'Service') return [];
  // A pod and the Service that gives it its address have the same name.
  return ((object as { spec?: V1ServiceSpec }).spec?.clusterIPs ?? []).map((address) => [address, nameOf(object)]);
}

/** Undefined where the release has no such Service. */
function primaryServiceOf(release: TestRelease, objects: readonly KubernetesObject[]): string[] | undefined {
  const service = `${release.fullname}-redis-primary`;
  if (!ofKind<V1Service>(objects, 'Service').some((object) => nameOf(object) === service)) return undefined;
  return ofKind<V1EndpointSlice>(objects, 'EndpointSlice')
    .filter(({ metadata }) => metadata?.labels?.['kubernetes.io/service-name'] === service)
    .flatMap(({ endpoints = [] }) => endpoints)
    .flatMap(({ targetRef }) => targetRef?.name ?? []);
}

const unfinishedPods = (pods: readonly V1Pod[]): string[] =>
  pods.flatMap((pod) => {
    const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
    if (pod.metadata?.deletionTimestamp !== undefined) return [`${nameOf(pod)} is on its way out`];
    return isReady ? [] : [`${nameOf(pod)} is not ready`];
  });

/** A new generation that nobody has seen yet counts as well. */
const unfinishedSets = (objects: readonly KubernetesObject[]): string[] =>
  [...ofKind<V1Deployment>(objects, 'Deployment'), ...ofKind<V1Deployment>(objects, 'StatefulSet')].flatMap((set) => {
    const { metadata, spec, status } = set;
    const isFinished =
      status?.observedGeneration === metadata?.generation &&
      (status?.updatedReplicas ?? 0) === spec?.replicas &&
      (status?.readyReplicas ?? 0) === spec.replicas;
    return isFinished ? [] : [`${nameOf(set)} is not complete`];
  });

const ofKind = <T extends KubernetesObject>(objects: readonly KubernetesObject[], kind: string): T[] =>
  objects.filter((object): object is T => object.kind === kind);
const nameOf = ({ metadata }: KubernetesObject): string => metadata?.name ?? '';
const componentOf = ({ metadata }: KubernetesObject): string => metadata?.labels?.['app.kubernetes.io/component'] ?? '';
