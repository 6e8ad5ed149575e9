import type { FunctionCall } from '../redis/types.js';
import { queueCall } from './library.js';
import { readRecord } from './packed.js';
import { withStream } from './task-stream.js';
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
  for (const { verdict } of settlements) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const done = settlements.filter(({ verdict }) => verdict === 'done');
  const hasResults = done.some(({ args }) => args[2] !== '');
  const seed = Math.floor(Math.random() * 2 ** 31);
  const args: (string | number)[] = [doneWindowMs, seed, ...counts.values(), claims.length, hasResults ? 1 : 0];
  for (const { verdict, args: own } of settlements) {
    if (verdict === 'progress') args.push(...own);
  }
  for (const column of hasResults ? [0, 1, 2] : [0, 1]) {
    for (const { args: own } of done) args.push(own[column] ?? '');
  }
  for (const { verdict, args: own } of settlements) {
    if (verdict !== 'progress' && verdict !== 'done') args.push(...own);
  }
  for (const { max, leaseMs, worker, beats = false } of claims) args.push(max, leaseMs, worker, beats ? 1 : 0);
  return queueCall('turn', queue, args);
}

const answerOf: Readonly<Record<string, SettlementAnswer>> = { a: 'accepted', c: 'cancelled' };

type TurnReply = readonly [letters: Buffer, nextWakeMs: number, left: number, ...claims: ClaimReply[]];
/** Deadline, first fence, attempts and scores, then for each job id and record; see functions/turn.lua. */
type ClaimReply = readonly Buffer[];

export function readTurnReply(reply: unknown): TurnOutput {
  const [letters, nextWakeMs, left, ...claims] = reply as TurnReply;
  return {
    answers: Array.from(letters.toString(), (letter) => answerOf[letter] ?? 'stale'),
    claimed: claims.map(readClaimReply),
    outlook: { left, ...(nextWakeMs < 0 ? {} : { nextWakeMs }) },
  };
}

function readClaimReply(reply: ClaimReply): Claimed {
  const [leaseUntil = 0, firstFence = 0] = [reply[0], reply[1]].map((text) => Number(String(text)));
  const [attempts = [], scores = []] = [reply[2], reply[3]].map((text) => String(text).split(' '));
  const jobs: ClaimedJob[] = [];
  const readyAt: number[] = [];
  for (let at = 4; at + 1 < reply.length; at += 2) {
    const index = jobs.length;
    const id = String(reply[at]);
    const record = readRecord(reply[at + 1] as Buffer);
    const attempt = Number(attempts[index] ?? 1) || 1;
    readyAt.push(readyAtOf(Number(scores[index]), record.priority));
    jobs.push({ id, fence: String(firstFence + index), attempt, leaseUntil, ...withStream(id, record) });
  }
  return { jobs, readyAt };
}

const placesPerBand = 9e14;
const placesPerMs = 200;

/** A place in line tells when it was taken; see functions/queue.lua. */
function readyAtOf(score: number, priority: number): number {
  return (score - (9 - priority) * placesPerBand) / placesPerMs;
}
