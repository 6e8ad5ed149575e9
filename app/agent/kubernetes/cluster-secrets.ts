import type { Secrets } from '../../certificates/secret-store.js';
import { explain, mergePatch, statusOf, type KubernetesApi } from './api.js';

/** The Secrets of certificates; the chart has made them, and names them in the Role of the agent. */
export function clusterSecrets({ core }: KubernetesApi, namespace: string): Secrets {
  return {
    async read(name) {
      try {
        const { data = {}, metadata } = await core.readNamespacedSecret({ name, namespace });
        return { data, resourceVersion: metadata?.resourceVersion ?? '' };
      } catch (error) {
        throw explain(error, `reading the Secret ${name}`);
      }
    },
    async change(name, data, resourceVersion) {
      try {
        await core.patchNamespacedSecret(
          { name, namespace, body: { metadata: { resourceVersion }, data } },
          mergePatch,
        );
        return true;
      } catch (error) {
        if (statusOf(error) === 409) return false;
        throw explain(error, `writing the Secret ${name}`);
      }
    },
  };
}
