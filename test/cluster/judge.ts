import { notRun, type Ledger } from './load/ledger.js';
import { timeout } from './load/pod/events.js';
import type { Bound } from './scenarios/scenario.js';

/** A machine that is busy is no fault of the product, but who is not served after this will not be served. */
const patienceMs = 60_000;

/** All that is known after a scenario. */
export interface Evidence {
  readonly bound: Bound;
  readonly ledger: Ledger;
  /** Job that was acknowledged and has not run -> its state as the queue tells it; `missing` when it knows none. */
  readonly states: ReadonlyMap<string, string>;
  /** Containers of the application that were started again although nobody killed them. */
  readonly restarted: readonly string[];
  /** Judge times as well. */
  readonly strict: boolean;
}

/** What did not hold, a line each. */
export function violations(evidence: Evidence): string[] {
  const { ledger, bound, states, restarted, strict } = evidence;
  return [
    ...notRun(ledger).map((id) => {
      const state = states.get(id) ?? 'unknown';
      return state === 'missing'
        ? `lost: job ${id} was acknowledged, and the queue does not know it`
        : `stuck: job ${id} was acknowledged, nobody ran it, and it is ${state}`;
    }),
    ...errorViolations(ledger, bound, strict),
    ...restarted.map((container) => `restarted: ${container}, though nobody killed it`),
    ...stallViolations(ledger, strict ? (bound.stallMs ?? patienceMs) : patienceMs),
  ];
}

export const lostCount = ({ ledger, states }: Pick<Evidence, 'ledger' | 'states'>): number =>
  notRun(ledger).filter((id) => states.get(id) === 'missing').length;

export const errorCount = ({ failures }: Ledger): number => sum([...failures.values()]);

export const longestStallMs = ({ stallsMs }: Ledger): number => Math.max(0, ...stallsMs.values());

function errorViolations({ failures }: Ledger, { clientErrors }: Bound, strict: boolean): string[] {
  const counted = [...failures].filter(([reason]) => strict || !reason.endsWith(timeout));
  const count = sum(counted.map(([, times]) => times));
  if (clientErrors === undefined || count <= clientErrors) return [];
  const reasons = counted.map(([reason, times]) => `${times} ${reason}`).join(', ');
  return [`errors: expected at most ${clientErrors} failed calls, got ${reasons}`];
}

const stallViolations = ({ stallsMs }: Ledger, boundMs: number): string[] =>
  [...stallsMs]
    .filter(([, stallMs]) => stallMs > boundMs)
    .map(([client, stallMs]) => `stall: ${client} was without for ${stallMs} ms, more than ${boundMs}`);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
