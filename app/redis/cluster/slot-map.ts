import type { HostPort } from '../../config/index.js';
import { formatAddress } from '../connection.js';
import { keySlot, slotCount } from './key-slot.js';

/** Among the numbers below this there is one for each slot. */
const maxTags = 16 * slotCount;

/** Slots in a row that one primary serves. */
export interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly primary: HostPort;
  readonly replicas: readonly HostPort[];
}

/** Which primary serves which slot, as far as is known. */
export class SlotMap {
  private readonly bySlot: (HostPort | undefined)[];

  constructor(readonly ranges: readonly SlotRange[]) {
    this.bySlot = new Array<HostPort | undefined>(slotCount).fill(undefined);
    for (const { from, to, primary } of ranges) this.bySlot.fill(primary, from, to + 1);
  }

  /** Undefined when nobody serves the slot. */
  primaryOf(slot: number): HostPort | undefined {
    return this.bySlot[slot];
  }

  /** By address; those that serve at least one slot. */
  get primaries(): ReadonlyMap<string, HostPort> {
    return addressed(this.ranges.map(({ primary }) => primary));
  }

  /** Primaries and replicas: whoever may be asked for the map. */
  get nodes(): ReadonlyMap<string, HostPort> {
    return addressed(this.ranges.flatMap(({ primary, replicas }) => [primary, ...replicas]));
  }

  get isComplete(): boolean {
    return this.bySlot.every((primary) => primary !== undefined);
  }

  /** A hash tag whose slot the primary serves; undefined when it serves none. */
  tagOf(address: string): string | undefined {
    for (let tag = 0; tag < maxTags; tag += 1) {
      const primary = this.primaryOf(keySlot(String(tag)));
      if (primary !== undefined && formatAddress(primary) === address) return String(tag);
    }
    return undefined;
  }

  /** The same, but for one slot. */
  with(slot: number, primary: HostPort): SlotMap {
    return new SlotMap([...this.ranges, { from: slot, to: slot, primary, replicas: [] }]);
  }
}

/** Reads the reply of CLUSTER SLOTS. A node that does not know its own address leaves it out: it is the one that was asked. */
export function readSlots(reply: unknown, asked: HostPort): readonly SlotRange[] {
  return (reply as [from: number, to: number, ...nodes: NodeReply[]][]).flatMap(([from, to, ...nodes]) => {
    const [primary, ...replicas] = nodes.map(([host, port]) => ({
      host: host === null || host === '' ? asked.host : host,
      port,
    }));
    return primary === undefined ? [] : [{ from, to, primary, replicas }];
  });
}

type NodeReply = readonly [host: string | null, port: number, ...unknown[]];

function addressed(nodes: readonly HostPort[]): ReadonlyMap<string, HostPort> {
  return new Map(nodes.map((node) => [formatAddress(node), node]));
}
