import type { Pod, PodRole, TopologyRecord } from '../../../app/agent/facts/types.js';
import type { ReleaseEvent, ReleaseObjects } from '../../../app/agent/kubernetes/release-objects.js';

/** The Kubernetes side of a release; what the real one does is tested on a cluster. */
export class ReleaseInMemory implements ReleaseObjects {
  readonly events: ReleaseEvent[] = [];
  written: TopologyRecord | undefined;
  private readonly roles: (PodRole | undefined)[];
  private version = 0;

  constructor(nodes: number) {
    this.roles = Array.from({ length: nodes }, () => undefined);
  }

  pods(): Promise<readonly Pod[]> {
    const version = String(this.version);
    return Promise.resolve(this.roles.map((role, at) => ({ name: `redis-${at}`, uid: `uid-${at}`, version, role })));
  }

  label({ name }: Pod, role: PodRole | undefined): Promise<boolean> {
    this.version += 1;
    this.roles[Number(name.slice(-1))] = role;
    return Promise.resolve(true);
  }

  record(): Promise<TopologyRecord | undefined> {
    return Promise.resolve(this.written);
  }

  writeRecord(record: TopologyRecord): Promise<void> {
    this.written = record;
    return Promise.resolve();
  }

  tell(event: ReleaseEvent): Promise<void> {
    this.events.push(event);
    return Promise.resolve();
  }

  /** Those of a kind, by the node that they are about. */
  told(reason: string): readonly (string | undefined)[] {
    return this.events.filter((event) => event.reason === reason).map(({ pod }) => pod?.name);
  }

  get labels(): readonly (PodRole | undefined)[] {
    return [...this.roles];
  }
}
