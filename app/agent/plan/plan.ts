import type { Facts } from '../facts/types.js';
import type { Action } from './actions.js';
import { ghostStep } from './ghosts.js';
import { labelActions } from './labels.js';
import { ripen, type Pending } from './memory.js';
import { recordToWrite } from './record.js';
import { repairStep } from './repair.js';
import { verdictOf, viewsOf } from './verdict.js';

/** What the agent remembers from one look to the next. */
export interface Memory {
  readonly repair?: Pending | undefined;
  readonly ghosts?: Pending | undefined;
  /** Since when there has been no primary that the Sentinels name. */
  readonly withoutPrimarySinceMs?: number | undefined;
}

export interface Plan {
  readonly actions: readonly Action[];
  readonly memory: Memory;
  /** The node that is primary by its own word and by that of the Sentinels. */
  readonly primary: number | undefined;
  /** Nothing has to be done or waited for. */
  readonly isSettled: boolean;
}

export interface Clock {
  /** Monotonic. */
  readonly nowMs: number;
  /** ISO 8601. */
  readonly now: string;
  /** The least time for everybody to settle things without the agent. */
  readonly leastGraceMs: number;
}

/** What to do now, in this order. Pure: it looks at nothing but its arguments. */
export function plan(facts: Facts, memory: Memory, { nowMs, now, leastGraceMs }: Clock): Plan {
  const verdict = verdictOf(facts.sentinels);
  const primary = verdict.kind === 'named' && isPrimary(facts, verdict.node) ? verdict.node : undefined;
  const graceMs = Math.max(leastGraceMs, 3 * downAfterMsOf(facts));
  const labels = labelActions(facts, primary);
  const record = recordToWrite(facts, verdict, now);
  const step = repairStep(facts, verdict);
  const repair = ripen(step, memory.repair, nowMs, graceMs);
  // What is gone can wait until what is there is well.
  const ghosts = ripen(step === undefined ? ghostStep(facts, verdict) : undefined, memory.ghosts, nowMs, graceMs);
  return {
    primary,
    actions: [
      ...labels,
      ...(record === undefined ? [] : [{ kind: 'record' as const, record }]),
      ...repair.actions,
      ...ghosts.actions,
    ],
    memory: {
      repair: repair.pending,
      ghosts: ghosts.pending,
      withoutPrimarySinceMs: primary === undefined ? (memory.withoutPrimarySinceMs ?? nowMs) : undefined,
    },
    isSettled: primary !== undefined && labels.length === 0 && repair.pending === undefined,
  };
}

const isPrimary = ({ nodes }: Facts, ordinal: number): boolean => {
  const node = nodes[ordinal];
  return typeof node === 'object' && node.role === 'primary';
};

/** The longest silence that a Sentinel bears. */
const downAfterMsOf = ({ sentinels }: Facts): number =>
  Math.max(0, ...viewsOf(sentinels).map(({ downAfterMs }) => downAfterMs));
