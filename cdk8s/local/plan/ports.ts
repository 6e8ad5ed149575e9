import { portsOption } from '../components.js';
import { CommandError } from '../errors.js';
import type { Container } from './kubernetes.js';
import type { Pod } from './pods.js';

/** Process -> name of the container's port (its number where it has no name) -> port of this machine. */
export type LocalPorts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** How a container's port is called here. */
export const portName = ({ name, containerPort }: NonNullable<Container['ports']>[number]): string =>
  name ?? String(containerPort);

/** Component -> the ports that the user wants, in the order of the ordinals. */
export type GivenPorts = Readonly<Record<string, readonly number[]>>;

/** Whether nobody listens on a port of the loopback address. */
export type IsFree = (port: number) => Promise<boolean>;

/**
 * Automatic ports come from here: below the ports that systems hand to outgoing connections (32768 and up on Linux, 49152
 * elsewhere), so that no outgoing connection sits on the port of a server that is just being restarted.
 */
export const automaticPorts = { first: 10_000, last: 14_999 } as const;

/**
 * A port for each port of each pod: the given one, else the remembered one while it is free, else another free one.
 * Data and Sentinels' state name the ports, so they are kept where possible.
 * @throws CommandError when a given port is taken, given twice, or the number of given ports does not fit.
 */
export async function choosePorts(
  pods: readonly Pod[],
  given: GivenPorts,
  remembered: LocalPorts,
  isFree: IsFree,
): Promise<LocalPorts> {
  refuseMisfits(pods, given);
  const used = new Set(Object.values(given).flat());
  const chosen: Record<string, Record<string, number>> = {};
  for (const pod of pods) {
    const ports: Record<string, number> = {};
    for (const [index, container] of (pod.container.ports ?? []).entries()) {
      const name = portName(container);
      const wanted = index === 0 ? given[pod.component]?.[pod.ordinal] : undefined;
      if (wanted !== undefined && !(await isFree(wanted))) throw taken(pod.component, wanted);
      ports[name] = wanted ?? (await automaticPort(remembered[pod.name]?.[name], used, isFree));
      used.add(ports[name]);
    }
    chosen[pod.name] = ports;
  }
  return chosen;
}

async function automaticPort(remembered: number | undefined, used: Set<number>, isFree: IsFree): Promise<number> {
  if (remembered !== undefined && !used.has(remembered) && (await isFree(remembered))) return remembered;
  const { first, last } = automaticPorts;
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = first + Math.floor(Math.random() * (last - first + 1));
    if (!used.has(port) && (await isFree(port))) return port;
  }
  throw new CommandError(`no free port found between ${first} and ${last} on 127.0.0.1`);
}

function refuseMisfits(pods: readonly Pod[], given: GivenPorts): void {
  const seen = new Set<number>();
  for (const [component, ports] of Object.entries(given)) {
    const replicas = pods.filter((pod) => pod.component === component).length;
    if (ports.length !== replicas) {
      throw new CommandError(
        `${option(component)}: expected ${replicas} ports, one for each ${component}, got ${ports.join(' ')}`,
        2,
      );
    }
    for (const port of ports) {
      if (seen.has(port)) throw new CommandError(`${option(component)}: the port ${port} is given twice`, 2);
      seen.add(port);
    }
  }
}

function taken(component: string, port: number): CommandError {
  return new CommandError(`${option(component)}: port ${port} is in use on 127.0.0.1; free it or give another one`);
}

const option = (component: string): string => `--${portsOption(component)}`;

/** `6379 6380,6381` as numbers. */
export function parsePorts(text: string): number[] {
  const ports = text.split(/[\s,]+/).filter((part) => part !== '');
  const wrong = ports.find((port) => !/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535);
  if (wrong !== undefined || ports.length === 0) {
    throw new CommandError(`expected ports between 1 and 65535, separated by spaces or commas, got "${text}"`, 2);
  }
  return ports.map(Number);
}
