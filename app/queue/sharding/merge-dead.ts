import type { DeadGroup, DeadGroups, DeadReplayed } from '../types.js';
import { sumFields } from './merge.js';

/** The same kinds of several shards as one, the largest first. */
export function joinGroups(parts: readonly DeadGroups[], limit: number): DeadGroups {
  const kinds = new Map<string, DeadGroup>();
  for (const group of parts.flatMap(({ groups }) => groups)) {
    const other = kinds.get(group.fingerprint);
    kinds.set(group.fingerprint, other === undefined ? group : joined(group, other));
  }
  const groups = [...kinds.values()].sort((a, b) => b.count - a.count);
  return { groups: groups.slice(0, limit), more: groups.length > limit || parts.some(({ more }) => more) };
}

export function joinReplayed(parts: readonly DeadReplayed[]): DeadReplayed {
  const refused = parts.flatMap((part) => part.refused ?? []);
  const sums = sumFields(parts.map(({ matched, replayed }) => ({ matched, replayed })));
  return { ...sums, ...(refused.length === 0 ? {} : { refused }) };
}

function joined(one: DeadGroup, other: DeadGroup): DeadGroup {
  const last = one.lastDiedAt > other.lastDiedAt ? one : other;
  return {
    ...last,
    count: one.count + other.count,
    firstDiedAt: Math.min(one.firstDiedAt, other.firstDiedAt),
  };
}
