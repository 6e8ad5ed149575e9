import { V1MicroTime } from '@kubernetes/client-node';
import type { LeaseState, LeaseStore } from '../lease/lease-store.js';
import { explain, mergePatch, statusOf, type KubernetesApi } from './api.js';

/** A Lease of coordination.k8s.io; the chart has made it, since the right to create one cannot be narrowed to a name. */
export function clusterLease({ coordination }: KubernetesApi, namespace: string, name: string): LeaseStore {
  return {
    async read() {
      try {
        const { spec, metadata } = await coordination.readNamespacedLease({ name, namespace });
        return {
          holder: spec?.holderIdentity ?? '',
          durationMs: (spec?.leaseDurationSeconds ?? 0) * 1_000,
          transitions: spec?.leaseTransitions ?? 0,
          acquiredAt: spec?.acquireTime,
          version: metadata?.resourceVersion ?? '',
        };
      } catch (error) {
        throw explain(error, `reading the Lease ${name}`);
      }
    },
    async replace(next) {
      try {
        // A patch and no replacement, which would take away the labels that the release gave it.
        const body = { metadata: { resourceVersion: next.version }, spec: specOf(next) };
        await coordination.patchNamespacedLease({ name, namespace, body }, mergePatch);
        return true;
      } catch (error) {
        if (statusOf(error) === 409) return false;
        throw explain(error, `writing the Lease ${name}`);
      }
    },
  };
}

const specOf = ({ holder, durationMs, transitions, acquiredAt }: LeaseState) => ({
  // Null takes a field away.
  holderIdentity: holder === '' ? null : holder,
  leaseDurationSeconds: Math.ceil(durationMs / 1_000),
  leaseTransitions: transitions,
  acquireTime: acquiredAt === undefined ? null : new V1MicroTime(acquiredAt),
  renewTime: new V1MicroTime(),
});
