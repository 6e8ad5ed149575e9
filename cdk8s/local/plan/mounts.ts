import { join } from 'node:path';
import { CommandError } from '../errors.js';
import type { Home } from '../home.js';
import type { VolumeMount } from './kubernetes.js';
import type { Pod } from './pods.js';

/** What a path of the container is on this machine. */
export interface Mount {
  readonly mountPath: string;
  readonly localPath: string;
}

/** The mounts of a pod's container: claimed volumes under `data/`, all others under `run/`. */
export function mountsOf(pod: Pod, home: Home): Mount[] {
  return (pod.container.volumeMounts ?? []).map((mount) => ({
    mountPath: mount.mountPath.replace(/\/+$/, ''),
    localPath: join(volumeDirectory(pod, mount.name, home), literalSubPath(pod, mount)),
  }));
}

/** Where the volume of a pod lives. */
export function volumeDirectory(pod: Pod, volume: string, home: Home): string {
  if (pod.claims.includes(volume)) return join(home.data, pod.name);
  if (pod.volumes.some(({ name }) => name === volume)) return join(home.run, pod.name, volume);
  throw new CommandError(`${pod.podName}: mounts the volume ${volume}, which it does not have`);
}

function literalSubPath(pod: Pod, mount: VolumeMount): string {
  if (mount.subPathExpr === undefined) return mount.subPath ?? '';
  throw new CommandError(`${pod.podName}: subPathExpr of the mount ${mount.mountPath} is not supported on one machine`);
}

/**
 * Text with every path below a mount replaced by the path of this machine, the deepest mount first.
 * A mount counts only as whole path: `/data` is found in `--dir=/data/aof`, not in `/database` or `/mnt/data`.
 */
export function localizePaths(text: string, mounts: readonly Mount[]): string {
  if (mounts.length === 0) return text;
  const deepestFirst = [...mounts].sort((a, b) => b.mountPath.length - a.mountPath.length);
  const local = new Map(deepestFirst.map(({ mountPath, localPath }) => [mountPath, localPath]));
  const alternatives = [...local.keys()].map(escapeRegExp).join('|');
  const paths = new RegExp(`(?<![\\w./}-])(?:${alternatives})(?![\\w.-])`, 'g');
  return text.replace(paths, (mountPath) => local.get(mountPath) ?? mountPath);
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
