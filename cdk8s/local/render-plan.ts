import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { environmentNames } from '../../app/config/index.js';
import { parseValues, renderManifests } from '../render.js';
import { CommandError, messageOf } from './errors.js';
import { type Home, repository } from './home.js';
import { reservePorts } from './local-ports.js';
import { type ReadSecret, thisMachine } from './plan/environment.js';
import type { Manifest } from './plan/kubernetes.js';
import { type PlannedProcess, planProcesses } from './plan/plan.js';
import { podsOf } from './plan/pods.js';
import type { GivenPorts } from './plan/ports.js';

export interface Wishes {
  /** A values file, as for `helm install --values`. */
  readonly valuesFile?: string;
  /** The module with the worker's handlers. @default examples/checksum/handlers.mjs */
  readonly handlersFile?: string;
  readonly ports: GivenPorts;
}

/**
 * On one machine one gateway and one worker are enough, and they stop before `down` loses its patience; nothing routes requests
 * that would have to hear of it. All else is as in a cluster. The Secret is there before the first pod, as one that the user made: no init container has to fill it.
 */
const localValues = {
  auth: { existingSecret: 'local' },
  gateway: { replicas: 1, drainSeconds: 0, shutdownGraceSeconds: 10 },
  worker: { replicas: 1, shutdownGraceSeconds: 10 },
  // It looks after objects of Kubernetes.
  agent: { enabled: false },
};
const release = { name: 'moorline', namespace: 'default' };

/** Renders the bundle and plans its pods as processes of this machine. */
export async function renderPlan(home: Home, readSecret: ReadSecret, wishes: Wishes): Promise<PlannedProcess[]> {
  const manifests = render(wishes.valuesFile);
  const pods = podsOf(manifests);
  return planProcesses(manifests, pods, {
    home,
    ports: await reservePorts(home, pods, wishes.ports),
    machine: thisMachine(),
    readSecret,
    appCommand: [process.execPath, join(repository, 'build/app/main.js')],
    defaultEnvironment: { worker: { [environmentNames.MOORLINE_WORKER_HANDLERS]: handlersFile(wishes) } },
  });
}

function render(valuesFile: string | undefined): Manifest[] {
  try {
    const given = valuesFile === undefined ? {} : (parse(readFileSync(valuesFile, 'utf8')) as unknown);
    const values = parseValues(merge(localValues, given ?? {}));
    if (values.tls.enabled) throw new CommandError('tls.enabled is not supported on one machine', 2);
    return renderManifests(values, release);
  } catch (error) {
    throw new CommandError(`${valuesFile ?? 'the bundle'}: ${messageOf(error)}`, 2);
  }
}

/** The user's values win; objects are merged, as Helm does. */
function merge(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const merged = Object.entries(over).map(([key, value]) => [key, merge(base[key], value)]);
  return { ...base, ...(Object.fromEntries(merged) as Record<string, unknown>) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function handlersFile({ handlersFile: given }: Wishes): string {
  const file = given ?? join(repository, 'examples/checksum/handlers.mjs');
  if (!existsSync(file)) throw new CommandError(`expected a module with handlers, found no file ${file}`, 2);
  return file;
}
