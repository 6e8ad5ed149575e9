import { randomBytes } from 'node:crypto';
import { EventsV1Event, V1MicroTime, V1ObjectReference, type V1Pod } from '@kubernetes/client-node';
import { roleLabel } from '../../config/index.js';
import type { Pod, TopologyRecord } from '../facts/types.js';
import { explain, mergePatch, statusOf, type KubernetesApi } from './api.js';
import type { ReleaseObjects } from './release-objects.js';

export interface ClusterObjectsOptions {
  readonly api: KubernetesApi;
  readonly namespace: string;
  /** Of the data nodes: their pods are `NAME-0` and so on. */
  readonly statefulSet: string;
  readonly nodes: number;
  /** Name of the ConfigMap that holds the record. */
  readonly topology: string;
  /** Name of this pod. */
  readonly reporter: string;
}

const maxNoteBytes = 1_000;

/** The objects in the cluster. The chart has made all of them but the Events. */
export function clusterObjects(options: ClusterObjectsOptions): ReleaseObjects {
  const { api, namespace, statefulSet, nodes, topology, reporter } = options;
  const names = Array.from({ length: nodes }, (_, ordinal) => `${statefulSet}-${ordinal}`);

  // `kubectl describe` finds Events by it.
  let statefulSetUid: string | undefined;

  async function readPod(name: string): Promise<Pod | undefined> {
    try {
      const pod = await api.core.readNamespacedPod({ name, namespace });
      statefulSetUid = pod.metadata?.ownerReferences?.find(({ kind }) => kind === 'StatefulSet')?.uid;
      return podOf(pod);
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw explain(error, `reading the pod ${name}`);
    }
  }

  return {
    pods: () => Promise.all(names.map(readPod)),

    async label({ name, version }, role) {
      const body = { metadata: { resourceVersion: version, labels: { [roleLabel]: role ?? null } } };
      try {
        await api.core.patchNamespacedPod({ name, namespace, body }, mergePatch);
        return true;
      } catch (error) {
        const status = statusOf(error);
        if (status === 409 || status === 404) return false;
        throw explain(error, `labelling the pod ${name}`);
      }
    },

    async record() {
      try {
        return recordOf((await api.core.readNamespacedConfigMap({ name: topology, namespace })).data);
      } catch (error) {
        throw explain(error, `reading the ConfigMap ${topology}`);
      }
    },

    async writeRecord({ primary, epoch, since, addresses }) {
      const body = { data: { primary, epoch: String(epoch), since, addresses } };
      try {
        await api.core.patchNamespacedConfigMap({ name: topology, namespace, body }, mergePatch);
      } catch (error) {
        throw explain(error, `writing the ConfigMap ${topology}`);
      }
    },

    async tell(event) {
      const { type, reason, note, pod } = event;
      const name = pod?.name ?? statefulSet;
      const regarding = Object.assign(
        new V1ObjectReference(),
        pod === undefined
          ? { apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid: statefulSetUid, namespace }
          : { apiVersion: 'v1', kind: 'Pod', name, uid: pod.uid, namespace },
      );
      const body = Object.assign(new EventsV1Event(), {
        metadata: { name: `${name}.${randomBytes(8).toString('hex')}`, namespace },
        eventTime: new V1MicroTime(),
        type,
        reason,
        note: note.slice(0, maxNoteBytes),
        action: reason,
        regarding,
        reportingController: 'moorline-agent',
        reportingInstance: reporter,
      });
      await api.events.createNamespacedEvent({ namespace, body }).catch((error: unknown) => {
        throw explain(error, `writing the Event ${reason}`);
      });
    },
  };
}

function podOf({ metadata }: V1Pod): Pod {
  const role = metadata?.labels?.[roleLabel];
  return {
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    version: metadata?.resourceVersion ?? '',
    role: role === 'primary' || role === 'replica' ? role : undefined,
  };
}

/** The ConfigMap comes empty with the release. */
function recordOf(data: Readonly<Record<string, string>> = {}): TopologyRecord | undefined {
  const { primary, epoch, since = '', addresses = '' } = data;
  if (primary === undefined || epoch === undefined || !/^\d+$/.test(epoch)) return undefined;
  return { primary, epoch: Number(epoch), since, addresses };
}
