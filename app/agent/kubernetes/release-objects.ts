import type { Pod, PodRole, TopologyRecord } from '../facts/types.js';

/** What the agent reads and writes of the release's objects in Kubernetes. Every call has a deadline. */
export interface ReleaseObjects {
  /** The pod of each data node, undefined where there is none. */
  pods(): Promise<readonly (Pod | undefined)[]>;
  /** Undefined when nothing has been written yet. */
  record(): Promise<TopologyRecord | undefined>;
  /** Sets the label of exactly this version of the pod, or takes it away; answers false when the pod has changed meanwhile. */
  label(pod: Pod, role: PodRole | undefined): Promise<boolean>;
  writeRecord(record: TopologyRecord): Promise<void>;
  /** For people: an Event of a pod, or of the StatefulSet of the data nodes. */
  tell(event: ReleaseEvent): Promise<void>;
}

export interface ReleaseEvent {
  readonly type: 'Normal' | 'Warning';
  /** Undefined: of the whole set. */
  readonly pod: Pod | undefined;
  /** One word in CamelCase, e.g. `PrimaryLabelled`. */
  readonly reason: string;
  readonly note: string;
}
