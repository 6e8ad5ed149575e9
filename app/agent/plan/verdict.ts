import type { SentinelFact, SentinelView } from '../facts/types.js';

/** What the Sentinels say together, by the rules of cdk8s/scripts/decide.sh. */
export type Verdict =
  | { readonly kind: 'named'; readonly node: number; readonly epoch: number; readonly isUnanimous: boolean }
  | { readonly kind: 'elsewhere' | 'disputed' | 'blank' | 'unheard' };

/**
 * A majority has to answer. Among different answers the highest configuration epoch is the truth, as it is among the Sentinels
 * themselves: it marks the latest failover, of which the others may not have heard yet.
 */
export function verdictOf(sentinels: readonly SentinelFact[]): Verdict {
  const majority = Math.floor(sentinels.length / 2) + 1;
  const views = viewsOf(sentinels);
  const answers = sentinels.filter((fact) => fact !== 'silent').length;
  if (answers < majority) return { kind: 'unheard' };
  if (views.length === 0) return { kind: 'blank' };
  if (views.length < majority) return { kind: 'disputed' };
  return newestOf(views, sentinels.length);
}

export const viewsOf = (sentinels: readonly SentinelFact[]): readonly SentinelView[] =>
  sentinels.filter((fact) => typeof fact === 'object');

function newestOf(views: readonly SentinelView[], sentinels: number): Verdict {
  const epoch = Math.max(...views.map((view) => view.epoch));
  const newest = views.filter((view) => view.epoch === epoch);
  const favourites = mostFrequent(newest.map(({ named }) => named));
  const [node] = favourites;
  if (favourites.length > 1) return { kind: 'disputed' };
  if (node === undefined) return { kind: 'elsewhere' };
  const isUnanimous = newest.length === sentinels && newest.every(({ named }) => named === node);
  return { kind: 'named', node, epoch, isUnanimous };
}

function mostFrequent<T>(items: readonly T[]): readonly T[] {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].filter(([, count]) => count === most).map(([item]) => item);
}
