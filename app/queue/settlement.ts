import { cutToBytes, failureJson, fingerprintOf } from './failure.js';
import { limits } from './limits.js';
import type { DeliveryRef, FailureClass, SettleRequest, SettleResult } from './types.js';
import { checkAtMost, checkDelivery, checkInteger, checkText, invalid } from './validate.js';

/** In the order in which the function takes them. */
export const verdicts = ['progress', 'done', 'failed', 'extend', 'release'] as const;

export type Verdict = (typeof verdicts)[number];

/** Those after which the delivery is over. */
export const endsDelivery = (verdict: Verdict): boolean => verdict !== 'progress' && verdict !== 'extend';

/** `cancelled` is accepted, and tells that the job is to end. `unconfirmed`: the primary has it, but perhaps no replica. */
export type SettlementAnswer = 'accepted' | 'cancelled' | 'stale' | 'unconfirmed';

/** One valid settlement as the function takes it. */
export interface Settlement {
  readonly verdict: Verdict;
  readonly delivery: DeliveryRef;
  readonly args: readonly (string | number)[];
  readonly bytes: number;
}

/** Checks all of them before any is sent: a request settles as a whole or, being invalid, not at all. */
export function settlementsOf(request: SettleRequest): readonly Settlement[] {
  const settlements = [
    ...(request.progress ?? []).map(progress),
    ...(request.done ?? []).map(done),
    ...(request.failed ?? []).map(failed),
    ...(request.extend ?? []).map(extend),
    ...(request.release ?? []).map(release),
  ];
  checkAtMost('the number of settlements', settlements.length, limits.maxSettlementsPerRequest);
  return settlements;
}

/** What the caller is told of his settlements. */
export function settleResultOf(
  settlements: readonly Settlement[],
  answers: readonly SettlementAnswer[],
): Omit<SettleResult, 'jobs'> {
  const those = (answer: SettlementAnswer) =>
    settlements.filter((_, at) => answers[at] === answer).map(({ delivery }) => delivery);
  const cancelled = those('cancelled');
  const rejected = (['stale', 'unconfirmed'] as const).flatMap((reason) =>
    those(reason).map((delivery) => ({ ...delivery, reason })),
  );
  return {
    accepted: settlements.length - rejected.length,
    rejected,
    ...(cancelled.length === 0 ? {} : { cancelled }),
  };
}

/** Of what was sent, what has to be sent again: a failover might undo it. */
export function unconfirmedAmong<T extends DeliveryRef>(
  settlements: readonly T[],
  rejected: SettleResult['rejected'],
): readonly T[] {
  const fences = new Set(rejected.flatMap(({ reason, fence }) => (reason === 'unconfirmed' ? [fence] : [])));
  return fences.size === 0 ? [] : settlements.filter(({ fence }) => fences.has(fence));
}

type Items<K extends keyof SettleRequest> = NonNullable<SettleRequest[K]> extends readonly (infer T)[] ? T : never;

function progress({ id, fence, progressJson = '', log = '' }: Items<'progress'>, index: number): Settlement {
  const bytes = Buffer.byteLength(progressJson);
  if (bytes > limits.maxProgressBytes) {
    throw invalid(`progress[${index}].progress`, `at most ${limits.maxProgressBytes} bytes of JSON`, `${bytes} bytes`);
  }
  const line = cutToBytes(log, limits.maxLogLineBytes);
  return settlement('progress', index, { id, fence }, [progressJson, line], bytes + line.length);
}

function done({ id, fence, resultJson = '' }: Items<'done'>, index: number): Settlement {
  const bytes = Buffer.byteLength(resultJson);
  if (bytes > limits.maxResultBytes) {
    throw invalid(`done[${index}].result`, `at most ${limits.maxResultBytes} bytes of JSON`, `${bytes} bytes`);
  }
  return settlement('done', index, { id, fence }, [resultJson], bytes);
}

function failed({ id, fence, error, retryAfterMs, ...rest }: Items<'failed'>, index: number): Settlement {
  if (retryAfterMs !== undefined) checkInteger(`failed[${index}].retryAfterMs`, retryAfterMs, 0, limits.maxDelayMs);
  if (error.code !== undefined) checkText(`failed[${index}].error.code`, error.code, limits.maxErrorCodeLength);
  const errorJson = failureJson(error);
  const args = [classOf(rest, index), retryAfterMs ?? '', errorJson, fingerprintOf(error)];
  return settlement('failed', index, { id, fence }, args, errorJson.length);
}

function classOf(
  { class: given, retry = true }: Pick<Items<'failed'>, 'class' | 'retry'>,
  index: number,
): FailureClass {
  if (retry) return given ?? 'retry';
  if (given !== undefined && given !== 'never') {
    throw invalid(`failed[${index}].class`, '`never` or absent, since retry is false', given);
  }
  return 'never';
}

function extend({ id, fence, leaseMs }: Items<'extend'>, index: number): Settlement {
  checkInteger(`extend[${index}].leaseMs`, leaseMs, limits.minLeaseMs, limits.maxLeaseMs);
  return settlement('extend', index, { id, fence }, [leaseMs], 0);
}

function release({ id, fence }: DeliveryRef, index: number): Settlement {
  return settlement('release', index, { id, fence }, [], 0);
}

function settlement(
  verdict: Verdict,
  index: number,
  delivery: DeliveryRef,
  rest: readonly (string | number)[],
  restBytes: number,
): Settlement {
  checkDelivery(`${verdict}[${index}]`, delivery);
  const { id, fence } = delivery;
  return { verdict, delivery, args: [id, fence, ...rest], bytes: id.length + fence.length + restBytes };
}
