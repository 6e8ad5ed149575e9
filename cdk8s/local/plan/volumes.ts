import { CommandError } from '../errors.js';
import type { ReadSecret } from './environment.js';
import type { ConfigMap, KeyToPath, Manifest, NamedKeys, ProjectedSource } from './kubernetes.js';
import type { Pod } from './pods.js';

/** A file that a volume brings; the path is relative to the volume until the plan places it. */
export interface PlannedFile {
  readonly path: string;
  readonly text: string;
  readonly secret: boolean;
}

/** The files that the cluster would put into a volume of a pod; claimed and empty ones bring none. */
export function volumeFiles(
  pod: Pod,
  name: string,
  manifests: readonly Manifest[],
  readSecret: ReadSecret,
): PlannedFile[] {
  if (pod.claims.includes(name)) return [];
  const volume = pod.volumes.find((candidate) => candidate.name === name);
  if (volume?.emptyDir !== undefined) return [];
  if (volume?.configMap !== undefined) return configMapFiles(pod, volume.configMap, manifests);
  // What the user may bring or not, nobody brings here.
  if (volume?.secret?.optional === true) return [];
  if (volume?.secret !== undefined) {
    return secretFiles(pod, volume.secret.secretName ?? '', volume.secret.items, readSecret);
  }
  if (volume?.projected !== undefined) {
    return (volume.projected.sources ?? []).flatMap((source) => projectedFiles(pod, source, manifests, readSecret));
  }
  throw new CommandError(`${pod.podName}: the kind of the volume ${name} is not supported on one machine`);
}

function projectedFiles(
  pod: Pod,
  { configMap, secret }: ProjectedSource,
  manifests: readonly Manifest[],
  readSecret: ReadSecret,
): PlannedFile[] {
  if (configMap !== undefined) return configMapFiles(pod, configMap, manifests);
  // What may be missing is there only while a password is replaced.
  if (secret?.optional === true) return [];
  if (secret !== undefined) return secretFiles(pod, secret.name ?? '', secret.items, readSecret);
  throw new CommandError(`${pod.podName}: only ConfigMaps and Secrets can be projected on one machine`);
}

function configMapFiles(pod: Pod, { name, items }: NamedKeys, manifests: readonly Manifest[]): PlannedFile[] {
  const configMap = manifests.filter(isConfigMap).find((candidate) => candidate.metadata?.name === name);
  if (configMap === undefined) {
    throw new CommandError(`${pod.podName}: the ConfigMap ${name ?? ''} is not part of the bundle`);
  }
  const data = configMap.data ?? {};
  const paths = items ?? Object.keys(data).map((key) => ({ key, path: key }));
  return paths.map(({ key, path }) => {
    const text = data[key];
    if (text === undefined) throw new CommandError(`${pod.podName}: the ConfigMap ${name ?? ''} has no key ${key}`);
    return { path, text, secret: false };
  });
}

function isConfigMap(manifest: Manifest): manifest is ConfigMap {
  return manifest.kind === 'ConfigMap';
}

/** The keys are named one by one, since the release's Secret is filled only once it runs. */
function secretFiles(
  pod: Pod,
  secretName: string,
  items: readonly KeyToPath[] | undefined,
  readSecret: ReadSecret,
): PlannedFile[] {
  if (items === undefined) {
    throw new CommandError(`${pod.podName}: the Secret ${secretName} is mounted without naming its keys`);
  }
  return items.map(({ key, path }) => ({ path, text: readSecret(key), secret: true }));
}
