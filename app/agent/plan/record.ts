import type { Facts, TopologyRecord } from '../facts/types.js';
import type { Verdict } from './verdict.js';

/** The record as it should be; undefined when there is nothing to write. `now` is ISO 8601. */
export function recordToWrite(facts: Facts, verdict: Verdict, now: string): TopologyRecord | undefined {
  const { pods, nodes, record } = facts;
  // A failover that is not complete may still be undone.
  if (verdict.kind !== 'named' || !Number.isInteger(verdict.epoch)) return undefined;
  const node = nodes[verdict.node];
  const primary = pods[verdict.node]?.name;
  if (primary === undefined || typeof node !== 'object' || node.role !== 'primary') return undefined;
  const addresses = describe(facts);
  if (record === undefined) return { primary, epoch: verdict.epoch, since: now, addresses };
  // Those who answer may all have missed a failover that the record knows; but if all say so, the Sentinels were made anew.
  if (verdict.epoch < record.epoch && !verdict.isUnanimous) return undefined;
  const since = record.primary === primary ? record.since : now;
  const wanted = { primary, epoch: verdict.epoch, since, addresses };
  return isSame(wanted, record) ? undefined : wanted;
}

const describe = ({ pods, addresses }: Facts): string =>
  pods.flatMap((pod, node) => (pod === undefined ? [] : [`${pod.name} ${addresses[node] ?? 'unknown'}`])).join('\n');

const isSame = (one: TopologyRecord, other: TopologyRecord): boolean =>
  one.primary === other.primary && one.epoch === other.epoch && one.addresses === other.addresses;
