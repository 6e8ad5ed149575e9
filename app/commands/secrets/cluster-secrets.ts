import { ApiException, CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Secrets } from '../../certificates/secret-store.js';
import { UnavailableError } from '../exit-codes.js';

/** Of the cluster this pod runs in, with the rights of its ServiceAccount. */
export function ownCluster(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromCluster();
  return config;
}

/** The Secrets of a namespace; the right to get and patch them is needed. */
export function clusterSecrets(config: KubeConfig, namespace: string): Secrets {
  const api = config.makeApiClient(CoreV1Api);
  return {
    async read(name) {
      const { data = {}, metadata } = await api.readNamespacedSecret({ name, namespace }).catch(explained(name));
      return { data, resourceVersion: metadata?.resourceVersion ?? '' };
    },
    async change(name, data, resourceVersion) {
      // With the version in it, a merge patch is refused when the Secret is not the one that was read.
      const body = { metadata: { resourceVersion }, data };
      const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
      try {
        await api.patchNamespacedSecret({ name, namespace, body }, mergePatch);
        return true;
      } catch (error) {
        if (error instanceof ApiException && error.code === 409) return false;
        return explained(name)(error);
      }
    },
  };
}

/** Without the body and headers that the client puts into its message: they may hold what is secret. */
const explained =
  (name: string) =>
  (error: unknown): never => {
    const status = error instanceof ApiException ? error.code : undefined;
    const hint = status === undefined ? 'the API server cannot be reached' : (hints[status] ?? `answer ${status}`);
    throw new UnavailableError(`The Secret ${name} cannot be changed: ${hint}`);
  };

const hints: Readonly<Record<number, string>> = {
  401: 'the token is not accepted (401)',
  403: 'this account may not get and patch it (403)',
  404: 'it does not exist (404); create it empty, the keys are filled then',
};
