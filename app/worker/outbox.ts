import type { DeliveryRef, SettleRequest } from '../queue/types.js';
import type { Outcome } from '../queue/outcome.js';

export type Settlement = DeliveryRef & (Outcome | { readonly verdict: 'release' });

/**
 * Settlements that Redis has not answered yet. One whose answer was lost is sent again: the same verdict is accepted twice,
 * and refused as stale when the job has gone to somebody else. No claim succeeds while settlements do not, which bounds them.
 */
export class Outbox {
  private readonly settlements: Settlement[] = [];

  get isEmpty(): boolean {
    return this.settlements.length === 0;
  }

  add(settlement: Settlement): void {
    this.settlements.push(settlement);
  }

  take(most: number): readonly Settlement[] {
    return this.settlements.splice(0, most);
  }

  putBack(settlements: readonly Settlement[]): void {
    this.settlements.unshift(...settlements);
  }
}

/** Settlements of several verdicts as one request. */
export function settleRequest(settlements: readonly Settlement[]): SettleRequest {
  return {
    done: settlements.filter((one) => one.verdict === 'done'),
    failed: settlements.filter((one) => one.verdict === 'failed'),
    release: settlements.filter((one) => one.verdict === 'release'),
  };
}
