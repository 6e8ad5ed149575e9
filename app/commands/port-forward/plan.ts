import type { V1Pod, V1Service, V1ServicePort } from '@kubernetes/client-node';
import type { HostPort } from '../../config/index.js';
import { UnavailableError } from '../exit-codes.js';

/** What a release has in the cluster, as far as it concerns connections. */
export interface ReleaseObjects {
  readonly services: readonly V1Service[];
  readonly pods: readonly V1Pod[];
}

/** One port of a pod that gets a port on this machine. */
export interface Target {
  readonly component: 'redis' | 'sentinel' | 'gateway';
  /** Of the Service: `moorline-redis-0`. */
  readonly name: string;
  /** What Sentinel tells clients. */
  readonly announced: HostPort;
  /** The one pod behind it; without it, whichever of the component is ready. */
  readonly pod?: string;
  /** Of the container. */
  readonly port: number;
}

export interface Plan {
  readonly targets: readonly Target[];
  /** Without Redis of its own, the release uses one that this command does not reach. */
  readonly redis: 'none' | 'standalone' | { readonly primaryName: string };
  readonly secretName: string;
}

/** Which ports are forwarded, and how the release is set up, by the objects that the cluster has. */
export function planOf({ services, pods }: ReleaseObjects, release: string): Plan {
  const targets = services
    .flatMap((service) => targetOf(service, pods))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const gateway = targets.find(({ component }) => component === 'gateway');
  if (gateway === undefined) {
    throw new UnavailableError(
      `No release "${release}" is here: expected a Service of its gateway; --release and -n say which one is meant`,
    );
  }
  return { targets, redis: redisOf(pods), secretName: secretOf(pods) ?? gateway.name.replace(/-gateway$/, '-auth') };
}

/** Services with one address for several pods are left out, but for the gateway's: nobody is told their address. */
function targetOf({ metadata, spec }: V1Service, pods: readonly V1Pod[]): readonly Target[] {
  const component = metadata?.labels?.['app.kubernetes.io/component'];
  const pod = spec?.selector?.['statefulset.kubernetes.io/pod-name'];
  const [servicePort] = spec?.ports ?? [];
  const [name, host] = [metadata?.name, spec?.clusterIP];
  if (name === undefined || host === undefined || servicePort === undefined) return [];
  const port = containerPortOf(servicePort, pods);
  if (port === undefined) return [];
  const common = { name, announced: { host, port: servicePort.port }, port };
  if (component === 'gateway') return [{ ...common, component }];
  if (pod === undefined || (component !== 'redis' && component !== 'sentinel')) return [];
  return [{ ...common, component, pod }];
}

/** A Service may give the name of a port, which only the pods know. */
function containerPortOf({ port, targetPort = port }: V1ServicePort, pods: readonly V1Pod[]): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const ports = pods.flatMap(({ spec }) => spec?.containers.flatMap((container) => container.ports ?? []) ?? []);
  return ports.find(({ name }) => name === targetPort)?.containerPort;
}

/** The scripts of the pods are told the same. */
function redisOf(pods: readonly V1Pod[]): Plan['redis'] {
  const variables = pods.flatMap(({ spec }) => spec?.containers.flatMap(({ env = [] }) => env) ?? []);
  const valueOf = (name: string) => variables.find((variable) => variable.name === name)?.value;
  const primaryName = valueOf('PRIMARY_NAME');
  switch (valueOf('REDIS_MODE')) {
    case 'sentinel':
      return primaryName === undefined ? 'none' : { primaryName };
    case 'standalone':
      return 'standalone';
    default:
      return 'none';
  }
}

function secretOf(pods: readonly V1Pod[]): string | undefined {
  const volumes = pods.flatMap(({ spec }) => spec?.volumes ?? []);
  return volumes.find(({ name, secret }) => name === 'secrets' && secret?.secretName !== undefined)?.secret?.secretName;
}
