import { ApiException, CoreV1Api, type KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { roleLabel } from '../../config/index.js';
import { UnavailableError } from '../exit-codes.js';

/** A data node of a release, as its pod shows it. */
export interface Node {
  readonly name: string;
  /** Changes when the pod is made anew. */
  readonly uid: string;
  readonly isPrimary: boolean;
  readonly isReady: boolean;
}

export interface Nodes {
  /** Those that have a pod now. */
  read(): Promise<readonly Node[]>;
  /** Has the pod end in an orderly way. */
  stop(name: string): Promise<void>;
}

/** The right to get and delete these pods is needed, and none to list. */
export function clusterNodes(config: KubeConfig, namespace: string, statefulSet: string, count: number): Nodes {
  const api = config.makeApiClient(CoreV1Api);
  const names = Array.from({ length: count }, (_, ordinal) => `${statefulSet}-${ordinal}`);
  const readOne = (name: string) =>
    api.readNamespacedPod({ name, namespace }).then(nodeOf, (error: unknown) => {
      if (error instanceof ApiException && error.code === 404) return undefined;
      throw explained(error, `reading the pod ${name}`);
    });
  return {
    read: async () => (await Promise.all(names.map(readOne))).filter((node) => node !== undefined),
    stop: async (name) => {
      await api.deleteNamespacedPod({ name, namespace }).catch((error: unknown) => {
        throw explained(error, `deleting the pod ${name}`);
      });
    },
  };
}

const nodeOf = ({ metadata, status }: V1Pod): Node => ({
  name: metadata?.name ?? '',
  uid: metadata?.uid ?? '',
  isPrimary: metadata?.labels?.[roleLabel] === 'primary' && metadata.deletionTimestamp === undefined,
  isReady: status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
});

/** Without the body and headers that the client puts into its message. */
function explained(error: unknown, what: string): Error {
  const reason =
    error instanceof ApiException ? `the API server answers ${error.code}` : 'the API server cannot be reached';
  return new UnavailableError(`${what}: ${reason}`);
}
