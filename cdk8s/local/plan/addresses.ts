import type { Manifest, Service, ServicePort } from './kubernetes.js';
import type { Pod } from './pods.js';
import { type LocalPorts, portName } from './ports.js';

/** The bundle listens here and nowhere else. */
export const loopback = '127.0.0.1';

/** Where a host and port that only a cluster knows is on this machine; undefined for what the bundle does not serve. */
export type FindAddress = (host: string, port: number) => string | undefined;

/** Looks an address up as the cluster's DNS and Services would: `service[.namespace[.svc[.domain]]]` and its port. */
export function addressBook(manifests: readonly Manifest[], pods: readonly Pod[], ports: LocalPorts): FindAddress {
  const services = manifests.filter(isService);
  return (host, port) => {
    const service = services.find((candidate) => names(candidate, host));
    const servicePort = service?.spec?.ports?.find((candidate) => candidate.port === port);
    // A Service of several pods balances in a cluster; here its first pod stands for it.
    const pod = pods.find((candidate) => selects(service, candidate));
    if (servicePort === undefined || pod === undefined) return undefined;
    const localPort = localPortOf(pod, servicePort, ports);
    return localPort === undefined ? undefined : `${loopback}:${localPort}`;
  };
}

/** Text with every `host:port` of the bundle replaced by the address on this machine. */
export function localizeAddresses(text: string, find: FindAddress): string {
  const hostAndPort = /(?<![\w.-])([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?):(\d{1,5})(?!\d)/g;
  return text.replace(hostAndPort, (found, host: string, port: string) => find(host, Number(port)) ?? found);
}

function isService(manifest: Manifest): manifest is Service {
  return manifest.kind === 'Service';
}

function names(service: Service, host: string): boolean {
  const [name, namespace, svc] = host.split('.');
  return (
    name === service.metadata?.name &&
    (namespace === undefined || namespace === (service.metadata?.namespace ?? 'default')) &&
    (svc === undefined || svc === 'svc')
  );
}

function selects(service: Service | undefined, pod: Pod): boolean {
  const selector = Object.entries(service?.spec?.selector ?? {});
  return selector.length > 0 && selector.every(([label, value]) => pod.labels[label] === value);
}

function localPortOf(pod: Pod, { port, targetPort }: ServicePort, ports: LocalPorts): number | undefined {
  const target = targetPort ?? port;
  const container = pod.container.ports?.find(({ name, containerPort }) => target === name || target === containerPort);
  return container === undefined ? undefined : ports[pod.name]?.[portName(container)];
}
