import { join } from 'node:path';
import { environmentNames } from '../../../app/config/index.js';
import { CommandError } from '../errors.js';
import type { Home } from '../home.js';
import { addressBook, type FindAddress, localizeAddresses, loopback } from './addresses.js';
import { environmentOf, type Machine, type ReadSecret } from './environment.js';
import type { Manifest } from './kubernetes.js';
import { localizePaths, type Mount, mountsOf, volumeDirectory } from './mounts.js';
import type { Pod } from './pods.js';
import { type LocalPorts, portName } from './ports.js';
import { type PlannedFile, volumeFiles } from './volumes.js';

/** A pod of the bundle as a process of this machine: all that one needs to run it. */
export interface LocalProcess {
  readonly name: string;
  readonly component: string;
  /** It owns data and is stopped after those that use it. */
  readonly stateful: boolean;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The port of the container's first port. */
  readonly port: number;
  readonly readiness: ReadinessCheck;
}

/** A process with all that has to be on the disk before it starts. */
export interface PlannedProcess extends LocalProcess {
  /** Made before the start; what is there stays. */
  readonly directories: readonly string[];
  readonly files: readonly PlannedFile[];
}

export type ReadinessCheck =
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly timeoutMs: number }
  | { readonly kind: 'http'; readonly url: string; readonly timeoutMs: number };

/** All that the plan depends on besides the manifests. */
export interface Surroundings {
  readonly home: Home;
  readonly ports: LocalPorts;
  readonly machine: Machine;
  readonly readSecret: ReadSecret;
  /** What the image of the app runs: `node build/app/main.js`. */
  readonly appCommand: readonly string[];
  /** Set where the container itself does not, by component. */
  readonly defaultEnvironment: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** How the pods of a rendered bundle run as processes of this machine. */
export function planProcesses(
  manifests: readonly Manifest[],
  pods: readonly Pod[],
  surroundings: Surroundings,
): PlannedProcess[] {
  const find = addressBook(manifests, pods, surroundings.ports);
  return pods.map((pod) => planProcess(pod, manifests, find, surroundings));
}

function planProcess(
  pod: Pod,
  manifests: readonly Manifest[],
  find: FindAddress,
  surroundings: Surroundings,
): PlannedProcess {
  const { home, readSecret } = surroundings;
  const mounts = mountsOf(pod, home);
  const port = firstPort(pod, surroundings.ports);
  const command = commandOf(pod, surroundings.appCommand);
  const volumes = [...new Set((pod.container.volumeMounts ?? []).map(({ name }) => name))];
  return {
    name: pod.name,
    component: pod.component,
    stateful: pod.stateful,
    command: command.map((word) => localizePaths(word, mounts)),
    environment: localEnvironment(pod, mounts, find, surroundings),
    port,
    readiness: readinessOf(pod, mounts, surroundings.ports),
    directories: volumes.map((volume) => volumeDirectory(pod, volume, home)),
    files: volumes.flatMap((volume) =>
      volumeFiles(pod, volume, manifests, readSecret).map((file) => ({
        ...file,
        path: join(volumeDirectory(pod, volume, home), file.path),
        text: file.secret ? file.text : localizePaths(file.text, mounts),
      })),
    ),
  };
}

/** The image's entrypoint where the container names no command: only the app's own image is used that way. */
function commandOf({ container }: Pod, appCommand: readonly string[]): readonly string[] {
  const command = container.command ?? [];
  return [...(command.length > 0 ? command : appCommand), ...(container.args ?? [])];
}

function localEnvironment(
  pod: Pod,
  mounts: readonly Mount[],
  find: FindAddress,
  surroundings: Surroundings,
): Record<string, string> {
  const inCluster = environmentOf(pod, surroundings.machine, surroundings.readSecret);
  const local = Object.entries(inCluster).map(([name, value]) => [
    name,
    localizePaths(localizeAddresses(value, find), mounts),
  ]);
  return {
    ...surroundings.defaultEnvironment[pod.component],
    ...(Object.fromEntries(local) as Record<string, string>),
    ...listenAddress(pod, firstPort(pod, surroundings.ports)),
  };
}

/** Redis and Sentinel find their port in the list of nodes; the app has it in a variable of its own. */
function listenAddress(pod: Pod, port: number): Record<string, string> {
  return pod.stateful
    ? { BIND_ADDRESSES: loopback }
    : { [environmentNames.MOORLINE_HOST]: loopback, [environmentNames.MOORLINE_PORT]: String(port) };
}

function readinessOf(pod: Pod, mounts: readonly Mount[], ports: LocalPorts): ReadinessCheck {
  const probe = pod.container.readinessProbe;
  // A laptop under load is slower than a node: the probe's own timeout, but never less than 5 s.
  const timeoutMs = Math.max((probe?.timeoutSeconds ?? 1) * 1000, 5000);
  if (probe?.exec?.command !== undefined) {
    return { kind: 'command', command: probe.exec.command.map((word) => localizePaths(word, mounts)), timeoutMs };
  }
  if (probe?.httpGet !== undefined) {
    const port = portOf(pod, probe.httpGet.port, ports);
    return { kind: 'http', url: `http://${loopback}:${port}${probe.httpGet.path ?? '/'}`, timeoutMs };
  }
  throw new CommandError(`${pod.podName}: expected a readiness probe by command or HTTP, which says when it is ready`);
}

function portOf(pod: Pod, nameOrNumber: string | number, ports: LocalPorts): number {
  const container = pod.container.ports?.find(
    ({ name, containerPort }) => name === nameOrNumber || containerPort === nameOrNumber,
  );
  const local = container === undefined ? undefined : ports[pod.name]?.[portName(container)];
  if (local !== undefined) return local;
  throw new CommandError(
    `${pod.podName}: the readiness probe asks the port ${nameOrNumber}, which the container lacks`,
  );
}

function firstPort(pod: Pod, ports: LocalPorts): number {
  const port = Object.values(ports[pod.name] ?? {})[0];
  if (port !== undefined) return port;
  throw new CommandError(`${pod.podName}: expected a container port`);
}
