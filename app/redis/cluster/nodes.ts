import { setTimeout as sleep } from 'node:timers/promises';
import type { HostPort } from '../../config/index.js';
import { formatAddress } from '../connection.js';
import type { Connections } from '../connections.js';
import type { SlotMap } from './slot-map.js';

/** A node that serves no slot any more may still owe answers; it is let go after so long. */
const graceMs = 6_000;

/** The connections to each primary of the cluster. */
export class Nodes {
  private readonly serving = new Map<string, Connections>();
  private readonly leaving = new Set<Promise<void>>();
  private readonly closing = new AbortController();
  private map: SlotMap | undefined;

  constructor(private readonly connect: (node: HostPort) => Connections) {}

  get all(): readonly Connections[] {
    return [...this.serving.values()];
  }

  /** Undefined when nobody serves the slot. */
  of(slot: number): Connections | undefined {
    const primary = this.map?.primaryOf(slot);
    return primary === undefined ? undefined : this.serving.get(formatAddress(primary));
  }

  /** Connects to who is new, and lets go of who serves no slot any more. */
  follow(map: SlotMap): void {
    this.map = map;
    const { primaries } = map;
    for (const [address, node] of primaries) {
      if (!this.serving.has(address)) this.serving.set(address, this.connect(node));
    }
    for (const [address, connections] of this.serving) {
      if (primaries.has(address)) continue;
      this.serving.delete(address);
      const left = this.leave(connections).finally(() => this.leaving.delete(left));
      this.leaving.add(left);
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all([...this.leaving, ...this.all.map((connections) => connections.close())]);
  }

  /** Calls that wait for a node that is gone are sent elsewhere when its connections close. */
  private async leave(connections: Connections): Promise<void> {
    if (connections.status().ready) {
      await sleep(graceMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
    }
    await connections.close();
  }
}
