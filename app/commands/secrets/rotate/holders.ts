import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { nextOf } from './plan.js';

/** A container that has keys of the Secret as files. */
export interface Holder {
  readonly pod: string;
  readonly container: string;
  /** Key -> path of its file. */
  readonly files: Readonly<Record<string, string>>;
  /** Takes the next password beside the one of now, and says in this file what it has taken over. */
  readonly publishedIn?: string;
  /** It can be asked. */
  readonly isRunning: boolean;
}

/** All that have the Secret mounted and run, or are about to. */
export const holdersOf = (pods: readonly V1Pod[], secret: string): Holder[] =>
  pods
    .filter((pod) => pod.spec?.nodeName !== undefined && !['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''))
    .flatMap((pod) => (pod.spec?.containers ?? []).flatMap((container) => holderOf(pod, container, secret) ?? []));

function holderOf(pod: V1Pod, container: V1Container, secret: string): Holder | undefined {
  const files = Object.fromEntries(
    (container.volumeMounts ?? []).flatMap(({ name, mountPath }) =>
      itemsOf(pod, name, secret).map(({ key, path }) => [key, `${mountPath}/${path}`]),
    ),
  );
  const keys = Object.keys(files);
  if (keys.length === 0) return undefined;
  const runDirectory = container.env?.find(({ name }) => name === 'RUN_DIR')?.value;
  const isServer = keys.some((key) => keys.includes(nextOf(key)));
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container.name);
  return {
    pod: pod.metadata?.name ?? '',
    container: container.name,
    files,
    isRunning: status?.state?.running !== undefined,
    ...(isServer && runDirectory !== undefined ? { publishedIn: `${runDirectory}/passwords` } : {}),
  };
}

function itemsOf(pod: V1Pod, volumeName: string, secret: string): { key: string; path: string }[] {
  const volume = pod.spec?.volumes?.find(({ name }) => name === volumeName);
  const plain = volume?.secret?.secretName === secret ? (volume.secret.items ?? []) : [];
  const projected = (volume?.projected?.sources ?? []).flatMap((source) =>
    source.secret?.name === secret ? (source.secret.items ?? []) : [],
  );
  return [...plain, ...projected];
}
