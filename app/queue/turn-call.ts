import type { FunctionCall } from '../redis/types.js';
import { queueCall } from './library.js';
import { readRecord } from './packed.js';
import { verdicts, type Settlement, type SettlementAnswer } from './settlement.js';
import type { ClaimedJob } from './types.js';

export interface ClaimSpec {
  readonly max: number;
  readonly leaseMs: number;
  readonly worker: string;
  readonly beats?: boolean;
}

/** `settlements` are in the order of `verdicts`. */
export interface TurnInput {
  readonly settlements: readonly Settlement[];
  readonly claims: readonly ClaimSpec[];
}

export interface TurnOutput {
  /** For each settlement. */
  readonly answers: readonly SettlementAnswer[];
  /** For each claim. */
  readonly claimed: readonly Claimed[];
  readonly outlook: Outlook;
}

export interface Claimed {
  readonly jobs: readonly ClaimedJob[];
  /** For each job when it came into line, in ms of Redis' clock. */
  readonly readyAt: readonly number[];
}

/** What a claim that found nothing may wait for. */
export interface Outlook {
  /** Until a delayed job is due or a lease expires; absent: never. */
  readonly nextWakeMs?: number;
  /** Jobs that can be claimed at once. */
  readonly left: number;
}

export function turnCall(queue: string, { settlements, claims }: TurnInput, doneWindowMs: number): FunctionCall {
  const counts = new Map(verdicts.map((verdict) => [verdict, 0]));
  const args: (string | number)[] = [];
  for (const settlement of settlements) {
    counts.set(settlement.verdict, (counts.get(settlement.verdict) ?? 0) + 1);
    args.push(...settlement.args);
  }
  for (const { max, leaseMs, worker, beats = false } of claims) args.push(max, leaseMs, worker, beats ? 1 : 0);
  const seed = Math.floor(Math.random() * 2 ** 31);
  return queueCall('turn', queue, [doneWindowMs, seed, ...counts.values(), claims.length, ...args]);
}

const answerOf: Readonly<Record<string, SettlementAnswer>> = { a: 'accepted', c: 'cancelled' };

type TurnReply = readonly [letters: Buffer, nextWakeMs: number, left: number, ...claims: ClaimReply[]];
/** The deadline, then for each job id, fence, attempt, record; then the scores of the jobs in line. */
type ClaimReply = readonly (Buffer | number)[];

export function readTurnReply(reply: unknown): TurnOutput {
  const [letters, nextWakeMs, left, ...claims] = reply as TurnReply;
  return {
    answers: Array.from(letters.toString(), (letter) => answerOf[letter] ?? 'stale'),
    claimed: claims.map(readClaimReply),
    outlook: { left, ...(nextWakeMs < 0 ? {} : { nextWakeMs }) },
  };
}

function readClaimReply(reply: ClaimReply): Claimed {
  const leaseUntil = Number(reply[0]);
  const scores = String(reply.at(-1)).split(' ');
  const jobs: ClaimedJob[] = [];
  const readyAt: number[] = [];
  for (let at = 1; at + 4 < reply.length; at += 4) {
    const id = String(reply[at]);
    const fence = String(reply[at + 1]);
    const attempt = Number(reply[at + 2]);
    const job = { id, fence, attempt, leaseUntil, ...readRecord(reply[at + 3] as Buffer) };
    readyAt.push(readyAtOf(Number(scores[jobs.length]), job.priority));
    jobs.push(job);
  }
  return { jobs, readyAt };
}

const placesPerBand = 9e14;
const placesPerMs = 200;

/** A place in line tells when it was taken; see functions/queue.lua. */
function readyAtOf(score: number, priority: number): number {
  return (score - (9 - priority) * placesPerBand) / placesPerMs;
}
