import { policyOf, type QueuePolicy } from './policy.js';
import type { SettingsView } from './settings.js';

/** Of so many queues the policy is kept; beyond, that of the queue read longest ago is dropped. */
const maxQueues = 1_000;
/** Settings that somebody made are looked at again after so long without word of them; those that nobody made, never. */
const trustMs = 5_000;

interface Known {
  readonly policy: QueuePolicy;
  /** When Redis last said that this is still the revision. */
  confirmedAt: number;
}

interface Reading {
  readonly policy: Promise<QueuePolicy>;
  /** The revision of which a reply spoke; undefined when nothing was known. */
  readonly awaited: number | undefined;
}

/**
 * The policies of the queues in use. Every reply of an enqueue tells the revision of the settings, so a change is noticed by
 * the first call after it, and a queue without settings costs one small read for as long as the process lives.
 */
export class PolicyCache {
  private readonly known = new Map<string, Known>();
  private readonly readings = new Map<string, Reading>();

  constructor(private readonly read: (queue: string) => Promise<SettingsView>) {}

  /** At once where it is known. */
  of(queue: string): QueuePolicy | Promise<QueuePolicy> {
    const known = this.known.get(queue);
    if (known === undefined) return this.refresh(queue);
    const { policy, confirmedAt } = known;
    return policy.revision === 0 || performance.now() - confirmedAt < trustMs ? policy : this.refresh(queue);
  }

  /** To be told of each reply; answers the policy of now where it is another one than that of the last answer. */
  learn(queue: string, revision: number): Promise<QueuePolicy> | undefined {
    const known = this.known.get(queue);
    if (known?.policy.revision !== revision) return this.refresh(queue, revision);
    known.confirmedAt = performance.now();
    return undefined;
  }

  /** Those who want it for the same reason share one read. */
  private refresh(queue: string, awaited?: number): Promise<QueuePolicy> {
    const underWay = this.readings.get(queue);
    // A read that began before the change may answer what was before it.
    if (underWay !== undefined && (awaited === undefined || underWay.awaited === awaited)) return underWay.policy;
    const reading = {
      awaited,
      policy: this.readAnew(queue).finally(() => {
        if (this.readings.get(queue) === reading) this.readings.delete(queue);
      }),
    };
    this.readings.set(queue, reading);
    return reading.policy;
  }

  private async readAnew(queue: string): Promise<QueuePolicy> {
    const confirmedAt = performance.now();
    const view = await this.read(queue);
    const before = this.known.get(queue);
    const policy = before?.policy.revision === view.revision ? before.policy : policyOf(view);
    this.known.delete(queue);
    this.known.set(queue, { policy, confirmedAt });
    const [oldest] = this.known.keys();
    if (this.known.size > maxQueues && oldest !== undefined) this.known.delete(oldest);
    return policy;
  }
}
