import type { Event } from './pod/events.js';

/** What the load pod of one node has written down. */
export interface NodeJournal {
  readonly node: string;
  readonly events: readonly Event[];
}

/** What all clients together have seen: the count that knows nothing of the queue's own. */
export interface Ledger {
  readonly acknowledged: ReadonlySet<string>;
  /** Job -> the deliveries that were worked on. */
  readonly ran: ReadonlyMap<string, ReadonlySet<string>>;
  /** Reason -> how often a call failed of it; without the clients on nodes that were broken themselves. */
  readonly failures: ReadonlyMap<string, number>;
  /** Client -> the longest it went without what it wanted; likewise. */
  readonly stallsMs: ReadonlyMap<string, number>;
}

/** @param victims nodes whose clients could not be served, so that their failures and waits are nobody's. */
export function ledgerOf(journals: readonly NodeJournal[], victims: ReadonlySet<string>): Ledger {
  const acknowledged = new Set<string>();
  const ran = new Map<string, Set<string>>();
  const failures = new Map<string, number>();
  const answersMs = new Map<string, number[]>();
  for (const { node, events } of journals) {
    const counts = !victims.has(node);
    for (const event of events) {
      if (event.type === 'acknowledged') for (const id of event.ids) acknowledged.add(id);
      if (event.type === 'ran') ran.set(event.id, (ran.get(event.id) ?? new Set()).add(event.fence));
      if (!counts) continue;
      if (event.type === 'failed') failures.set(event.reason, (failures.get(event.reason) ?? 0) + 1);
      if (event.type === 'acknowledged' || event.type === 'answered') listOf(answersMs, event.client).push(event.atMs);
    }
  }
  return {
    acknowledged,
    ran,
    failures,
    stallsMs: new Map([...answersMs].map(([client, at]) => [client, longestGap(at)])),
  };
}

function listOf(lists: Map<string, number[]>, key: string): number[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Jobs that were acknowledged, and that nobody has worked on. */
export const notRun = ({ acknowledged, ran }: Ledger): readonly string[] =>
  [...acknowledged].filter((id) => !ran.has(id));

/** A gap that has not ended is not seen: whoever asks waits until every client is served again. */
const longestGap = (atMs: readonly number[]): number =>
  atMs.reduce((longest, at, index) => Math.max(longest, at - (atMs[index - 1] ?? at)), 0);
