import type { DurableWait, FunctionCall, RedisConnections } from '../redis/types.js';
import { callLimits } from './call-limits.js';
import { cutTurn, type TurnPlan, type TurnSubmission } from './cut-turn.js';
import type { QueueMetrics } from './queue-metrics.js';
import { endsDelivery, type Settlement, type SettlementAnswer } from './settlement.js';
import { readTurnReply, turnCall, type ClaimSpec, type Outlook } from './turn-call.js';
import type { ClaimedJob } from './types.js';

export interface TurnRequest {
  readonly settlements: readonly Settlement[];
  readonly claim?: ClaimSpec;
  /** Aborted before the claim is sent, it claims nothing. */
  readonly signal?: AbortSignal;
}

export interface TurnResult {
  /** For each settlement. */
  readonly answers: readonly SettlementAnswer[];
  readonly jobs: readonly ClaimedJob[];
  readonly outlook: Outlook;
}

interface Waiting extends TurnSubmission {
  readonly signal: AbortSignal | undefined;
  readonly answers: SettlementAnswer[];
  jobs: readonly ClaimedJob[];
  /** Settlements and claims without an answer yet. */
  open: number;
  readonly resolve: (result: TurnResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Settling twice is settling once. A claim whose answer is lost leaves its jobs to their lease, whether the caller asks again or this process does: a
 * planned failover, which does nothing of what it interrupts, must not be an error for whoever claims.
 */
const again = { repeatable: true };

interface Line {
  /** Those of which something is not sent yet. */
  readonly waiting: Waiting[];
  underWay: number;
  isScheduled: boolean;
}

/** While Redis does the one, what was claimed by the other is at work. */
const maxTurnsUnderWay = 2;

/** Turns in batches: for each queue, what arrives in one tick, and whatever arrives while two turns are under way, shares the next call. */
export class TurnBatcher {
  private readonly lines = new Map<string, Line>();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly connections: Pick<RedisConnections, 'call' | 'callDurably'>,
    /** What verdicts on jobs of a queue wait for before they count. */
    private readonly waitOf: (queue: string) => Promise<DurableWait | undefined>,
    private readonly doneWindowMs: number,
    private readonly metrics: Pick<QueueMetrics, 'called' | 'claimed'>,
  ) {}

  turn(queue: string, { settlements, claim, signal }: TurnRequest): Promise<TurnResult> {
    return new Promise((resolve, reject) => {
      this.join(queue, {
        settlements,
        next: 0,
        claim: claim === undefined ? undefined : { ...claim, max: Math.min(claim.max, callLimits.maxClaimed) },
        signal,
        answers: [],
        jobs: [],
        open: settlements.length + (claim === undefined ? 0 : 1),
        resolve,
        reject,
      });
    });
  }

  /** Resolves when nothing is waiting any more, nor followed from what was. */
  async idle(): Promise<void> {
    do {
      await Promise.all(this.running);
      await new Promise(setImmediate);
    } while (this.running.size > 0 || this.lines.size > 0);
  }

  private join(queue: string, submission: Waiting): void {
    const line = this.lines.get(queue);
    if (line !== undefined) {
      line.waiting.push(submission);
      this.schedule(queue, line);
      return;
    }
    const begun = { waiting: [submission], underWay: 0, isScheduled: false };
    this.lines.set(queue, begun);
    this.schedule(queue, begun);
  }

  /** The turn begins when all who are awake have had their say: what they want now belongs to it. */
  private schedule(queue: string, line: Line): void {
    if (line.isScheduled || line.underWay >= maxTurnsUnderWay || line.waiting.length === 0) return;
    line.isScheduled = true;
    process.nextTick(() => {
      line.isScheduled = false;
      line.underWay += 1;
      const running = this.run(queue, this.cut(line)).then(() => {
        this.running.delete(running);
        line.underWay -= 1;
        if (line.underWay === 0 && line.waiting.length === 0) this.lines.delete(queue);
        else this.schedule(queue, line);
      });
      this.running.add(running);
      this.schedule(queue, line);
    });
  }

  /** What is sent as a whole leaves the line. */
  private cut({ waiting }: Line): TurnPlan<Waiting> {
    const plan = cutTurn(waiting);
    const isSent = ({ next, settlements, claim }: Waiting) => next === settlements.length && claim === undefined;
    const unsent = waiting.findIndex((submission) => !isSent(submission));
    waiting.splice(0, unsent === -1 ? waiting.length : unsent);
    return plan;
  }

  private async run(queue: string, { settlements, claims }: TurnPlan<Waiting>): Promise<void> {
    const input = {
      settlements: settlements.map(({ item }) => item),
      claims: claims.map(({ item, submission }) => (submission.signal?.aborted === true ? { ...item, max: 0 } : item)),
    };
    try {
      const wait = settlements.some(({ item }) => endsDelivery(item.verdict)) ? await this.waitOf(queue) : undefined;
      const call = turnCall(queue, input, this.doneWindowMs);
      const { reply, isConfirmed } = await this.send(call, wait);
      const { answers, claimed, outlook } = readTurnReply(reply);
      for (const [at, { submission, item, index }] of settlements.entries()) {
        const answer = answers[at] ?? 'stale';
        const counts = isConfirmed || answer === 'stale' || !endsDelivery(item.verdict);
        submission.answers[index] = counts ? answer : 'unconfirmed';
        closeOne(submission, outlook);
      }
      for (const [at, { item, submission }] of claims.entries()) {
        const { jobs, readyAt } = claimed[at] ?? { jobs: [], readyAt: [] };
        submission.jobs = jobs;
        this.noteClaim(queue, item.leaseMs, jobs, readyAt);
        closeOne(submission, outlook);
      }
      this.metrics.called('turn', settlements.length + claimed.reduce((sum, { jobs }) => sum + jobs.length, 0));
    } catch (error) {
      for (const { submission } of [...settlements, ...claims]) fail(submission, error);
    }
  }

  /** Who is told that a job is over never hears of it again: that is so when the successor of the primary knows it, too. */
  private async send(
    call: FunctionCall,
    wait: DurableWait | undefined,
  ): Promise<{ readonly reply: unknown; readonly isConfirmed: boolean }> {
    if (wait === undefined) return { reply: await this.connections.call('task', call, again), isConfirmed: true };
    const { replies, confirmedReplicas } = await this.connections.callDurably([call], wait, again);
    const [reply] = replies;
    if (reply instanceof Error) throw reply;
    return { reply, isConfirmed: confirmedReplicas >= wait.replicas };
  }

  private noteClaim(queue: string, leaseMs: number, jobs: readonly ClaimedJob[], readyAt: readonly number[]): void {
    if (jobs.length === 0) return;
    const waits = jobs.map(({ leaseUntil, attempt }, index) => ({
      waitedMs: leaseUntil - leaseMs - (readyAt[index] ?? 0),
      attempt,
    }));
    this.metrics.claimed(queue, waits);
  }
}

function closeOne(submission: Waiting, outlook: Outlook): void {
  submission.open -= 1;
  const { answers, jobs } = submission;
  if (submission.open === 0) submission.resolve({ answers, jobs, outlook });
}

/** What of it is not sent yet stays unsent. */
function fail(submission: Waiting, error: unknown): void {
  submission.open = 0;
  submission.next = submission.settlements.length;
  submission.claim = undefined;
  submission.reject(error);
}
