import { Writable } from 'node:stream';
import {
  CoreV1Api,
  Exec,
  type KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
  type V1Status,
} from '@kubernetes/client-node';
import { beforeDeadline, Deadline } from '../../../resilience/deadline.js';
import { UnavailableError } from '../../exit-codes.js';

/** The pods of a namespace. */
export interface Pods {
  list(): Promise<readonly V1Pod[]>;
  /** What a command prints in a container; an empty text when it cannot be run now. */
  run(pod: string, container: string, command: readonly string[]): Promise<string>;
  /** Has the kubelet look after the pod now, also at the Secrets that it mounts. */
  nudge(pod: string): Promise<void>;
}

const runDeadlineMs = 15_000;

/** The rights to list pods and to run commands in them are needed; the one to patch them only saves time. */
export function clusterPods(config: KubeConfig, namespace: string): Pods {
  const api = config.makeApiClient(CoreV1Api);
  const exec = new Exec(config);
  return {
    async list() {
      const { items } = await api.listNamespacedPod({ namespace }).catch(() => {
        throw new UnavailableError(
          `The pods of ${namespace} cannot be listed: is the cluster there, and may this account list them?`,
        );
      });
      return items;
    },
    async run(pod, container, command) {
      const output: Buffer[] = [];
      const stdout = new Writable({
        write(chunk: Buffer, _encoding, done) {
          output.push(chunk);
          done();
        },
      });
      const ran = new Promise<V1Status>((resolve, reject) => {
        exec.exec(namespace, pod, container, [...command], stdout, null, null, false, resolve).catch(reject);
      });
      try {
        await beforeDeadline(ran, Deadline.after(runDeadlineMs), () => new Error('no answer'));
        return Buffer.concat(output).toString();
      } catch {
        return '';
      }
    },
    async nudge(name) {
      const body = { metadata: { annotations: { 'moorline.dev/secrets-changed-at': new Date().toISOString() } } };
      const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
      await api.patchNamespacedPod({ name, namespace, body }, mergePatch).catch(() => undefined);
    },
  };
}
