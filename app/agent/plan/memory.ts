import type { Action, Refusal, Repair } from './actions.js';

/** A step that has been due for a while. */
export interface Pending {
  readonly key: string;
  /** When it came up, or was taken the last time; of the monotonic clock. */
  readonly sinceMs: number;
  /** A refusal is told once. */
  readonly isTold: boolean;
}

export interface Due {
  readonly actions: readonly Action[];
  readonly pending: Pending | undefined;
}

/** Lets a step ripen: what the Sentinels and the nodes settle by themselves in time needs no agent. */
export function ripen(
  step: Repair | Refusal | undefined,
  before: Pending | undefined,
  nowMs: number,
  graceMs: number,
): Due {
  if (step === undefined) return { actions: [], pending: undefined };
  const key = step.kind === 'refuse' ? step.reason : step.kind;
  const pending = before?.key === key ? before : { key, sinceMs: nowMs, isTold: false };
  if (nowMs - pending.sinceMs < graceMs) return { actions: [], pending };
  if (step.kind !== 'refuse') return { actions: [step], pending: { ...pending, sinceMs: nowMs } };
  return { actions: pending.isTold ? [] : [step], pending: { ...pending, isTold: true } };
}
