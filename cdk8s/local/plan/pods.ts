import { CommandError } from '../errors.js';
import type { Container, Manifest, PodSpec, Volume, Workload } from './kubernetes.js';

/** One pod that a cluster would run for the manifests; here it becomes one process. */
export interface Pod {
  /** Name of the process: component and ordinal, `redis-0`. */
  readonly name: string;
  /** The label app.kubernetes.io/component. */
  readonly component: string;
  readonly ordinal: number;
  /** `metadata.name` of the pod. */
  readonly podName: string;
  readonly namespace: string;
  /** Made by a StatefulSet: it owns data and stops after those that use it. */
  readonly stateful: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly container: Container;
  readonly volumes: readonly Volume[];
  /** Names of the volumes that are claimed, hence kept. */
  readonly claims: readonly string[];
}

const componentLabel = 'app.kubernetes.io/component';

/** The pods of all StatefulSets and Deployments, in the order of the manifests. */
export function podsOf(manifests: readonly Manifest[]): Pod[] {
  return manifests.filter(isWorkload).flatMap((workload) => {
    const replicas = workload.spec?.replicas ?? 1;
    return Array.from({ length: replicas }, (_, ordinal) => podOf(workload, ordinal));
  });
}

function isWorkload(manifest: Manifest): manifest is Workload {
  return manifest.kind === 'StatefulSet' || manifest.kind === 'Deployment';
}

function podOf(workload: Workload, ordinal: number): Pod {
  const name = workload.metadata?.name ?? '';
  const podName = `${name}-${ordinal}`;
  const template = workload.spec?.template;
  const stateful = workload.kind === 'StatefulSet';
  const labels = template?.metadata?.labels ?? {};
  const component = labels[componentLabel];
  if (component === undefined) throw new CommandError(`${name}: its pods lack the label ${componentLabel}`);
  return {
    name: `${component}-${ordinal}`,
    component,
    ordinal,
    podName,
    namespace: workload.metadata?.namespace ?? 'default',
    stateful,
    labels: stateful ? { ...labels, 'statefulset.kubernetes.io/pod-name': podName } : labels,
    container: onlyContainer(name, template?.spec),
    volumes: template?.spec?.volumes ?? [],
    claims: stateful ? claimsOf(workload) : [],
  };
}

function onlyContainer(workload: string, spec: PodSpec | undefined): Container {
  const [container, ...more] = spec?.containers ?? [];
  if (container !== undefined && more.length === 0) return container;
  throw new CommandError(`${workload}: expected one container a pod, since a pod runs here as one process`);
}

function claimsOf(workload: Workload): string[] {
  const names = workload.spec?.volumeClaimTemplates?.map((claim) => claim.metadata?.name ?? '') ?? [];
  if (names.length <= 1) return names;
  throw new CommandError(
    `${workload.metadata?.name ?? ''}: expected at most one claimed volume, got ${names.join(', ')}`,
  );
}
