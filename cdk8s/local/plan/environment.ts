import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { CommandError } from '../errors.js';
import type { EnvironmentVariable, ResourceField } from './kubernetes.js';
import type { Pod } from './pods.js';
import { bytesOrUnits } from './quantity.js';

/** What the downward API would tell a pod that runs on this machine. */
export interface Machine {
  readonly nodeName: string;
  readonly uidOf: (pod: Pod) => string;
}

/** A fresh uid for every pod: it stays while the pod lives, through every restart of its process. */
export function thisMachine(): Machine {
  const uids = new Map<string, string>();
  return {
    nodeName: hostname(),
    uidOf: (pod) => {
      const uid = uids.get(pod.name) ?? randomUUID();
      uids.set(pod.name, uid);
      return uid;
    },
  };
}

/** The value of a key of a Secret. */
export type ReadSecret = (key: string) => string;

/** The environment of a pod's container, as a kubelet would resolve it. */
export function environmentOf(pod: Pod, machine: Machine, readSecret: ReadSecret): Record<string, string> {
  if ((pod.container.envFrom ?? []).length > 0) throw unsupported(pod, 'envFrom');
  const environment: Record<string, string> = {};
  for (const variable of pod.container.env ?? []) {
    environment[variable.name] = valueOf(variable, pod, machine, readSecret, environment);
  }
  return environment;
}

function valueOf(
  variable: EnvironmentVariable,
  pod: Pod,
  machine: Machine,
  readSecret: ReadSecret,
  earlier: Readonly<Record<string, string>>,
): string {
  const { name, value, valueFrom } = variable;
  if (valueFrom === undefined) return expandReferences(value ?? '', earlier);
  const { fieldRef, resourceFieldRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) return fieldOf(pod, machine, name, fieldRef.fieldPath);
  if (resourceFieldRef !== undefined) return limitOf(pod, name, resourceFieldRef);
  if (secretKeyRef !== undefined) return readSecret(secretKeyRef.key);
  throw unsupported(pod, `the source of ${name}`);
}

/** `$(NAME)` of an earlier variable; `$$(NAME)` stays as text, and so does an unknown name. */
export function expandReferences(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (found, name: string | undefined) =>
    name === undefined ? '$' : (environment[name] ?? found),
  );
}

function fieldOf(pod: Pod, machine: Machine, variable: string, fieldPath: string): string {
  const fields: Record<string, string | undefined> = {
    'metadata.name': pod.podName,
    'metadata.namespace': pod.namespace,
    'metadata.uid': machine.uidOf(pod),
    'spec.nodeName': machine.nodeName,
    'status.podIP': '127.0.0.1',
    'status.hostIP': '127.0.0.1',
  };
  const value = fields[fieldPath];
  if (value === undefined) throw unsupported(pod, `${variable} from ${fieldPath}`);
  return value;
}

function limitOf(pod: Pod, variable: string, ref: ResourceField): string {
  const [kind, resource] = ref.resource.split('.');
  const limits = kind === 'requests' ? pod.container.resources?.requests : pod.container.resources?.limits;
  const quantity = limits?.[resource ?? ''];
  if (quantity === undefined) throw unsupported(pod, `${variable} from ${ref.resource}, which is not set,`);
  // As a kubelet does: in units of the divisor, rounded up (first to 6 digits: 1.1 / 0.001 is 1100, not a little more).
  const units = bytesOrUnits(quantity) / bytesOrUnits(ref.divisor ?? '1');
  return String(Math.ceil(Number(units.toFixed(6))));
}

function unsupported(pod: Pod, what: string): CommandError {
  return new CommandError(`${pod.podName}: ${what} is not supported on one machine`);
}
