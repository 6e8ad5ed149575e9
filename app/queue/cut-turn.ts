import { callLimits } from './call-limits.js';
import { verdicts, type Settlement, type Verdict } from './settlement.js';
import type { ClaimSpec } from './turn-call.js';

/** Settlements of one caller and then perhaps its claim; of the settlements, those before `next` are sent. */
export interface TurnSubmission {
  readonly settlements: readonly Settlement[];
  next: number;
  claim: ClaimSpec | undefined;
}

export interface Placed<S, T> {
  readonly submission: S;
  readonly item: T;
  /** Among the settlements of its submission. */
  readonly index: number;
}

/** What one function call carries, settlements in the order of `verdicts`. */
export interface TurnPlan<S> {
  readonly settlements: readonly Placed<S, Settlement>[];
  readonly claims: readonly Placed<S, ClaimSpec>[];
}

const costs: Readonly<Record<Verdict, number>> = { progress: 5, done: 1, failed: 5, extend: 2, release: 5 };

/** Takes from the submissions, in their order, what fits in one call. A claim goes after all settlements of its submission. */
export function cutTurn<S extends TurnSubmission>(submissions: readonly S[]): TurnPlan<S> {
  const plan = new Plan<S>();
  for (const submission of submissions) {
    if (!plan.takeSettlements(submission) || !plan.takeClaim(submission)) break;
  }
  return { settlements: inOrder(plan.settlements), claims: plan.claims };
}

class Plan<S extends TurnSubmission> {
  readonly settlements: Placed<S, Settlement>[] = [];
  readonly claims: Placed<S, ClaimSpec>[] = [];
  private cost = 0;
  private bytes = 0;
  private claimed = 0;

  /** Whether there was room for all. */
  takeSettlements(submission: S): boolean {
    const { settlements } = submission;
    for (let item = settlements[submission.next]; item !== undefined; item = settlements[submission.next]) {
      if (!this.hasRoomFor(item)) return false;
      this.cost += costs[item.verdict];
      this.bytes += item.bytes;
      this.settlements.push({ submission, item, index: submission.next });
      submission.next += 1;
    }
    return true;
  }

  takeClaim(submission: S): boolean {
    const { claim } = submission;
    if (claim === undefined) return true;
    const full = this.claims.length === callLimits.maxClaims || this.claimed + claim.max > callLimits.maxClaimed;
    if (full && this.claims.length > 0) return false;
    this.claimed += claim.max;
    this.claims.push({ submission, item: claim, index: 0 });
    submission.claim = undefined;
    return true;
  }

  private hasRoomFor({ verdict, bytes }: Settlement): boolean {
    if (this.settlements.length === 0) return true;
    return this.cost + costs[verdict] <= callLimits.maxSettlementCost && this.bytes + bytes <= callLimits.maxBytes;
  }
}

const rank: ReadonlyMap<Verdict, number> = new Map(verdicts.map((verdict, at) => [verdict, at]));

/** By verdict, each in the order they came: mostly so already. */
function inOrder<S>(settlements: Placed<S, Settlement>[]): readonly Placed<S, Settlement>[] {
  return settlements.sort((one, other) => (rank.get(one.item.verdict) ?? 0) - (rank.get(other.item.verdict) ?? 0));
}
