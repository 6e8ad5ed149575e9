import { verdicts } from '../settlement.js';
import type { DeliveryRef, SettleRequest, SettleResult } from '../types.js';
import { readFence } from './shard-names.js';

type Settlements = Omit<SettleRequest, 'claim'>;
type Lists = Record<string, DeliveryRef[]>;

/** By the shards that their fences name. */
export function splitSettlements(request: Settlements): Map<number, Settlements> {
  const parts = new Map<number, Lists>();
  for (const verdict of verdicts) {
    for (const settlement of request[verdict] ?? []) {
      const { shard, fence } = readFence(settlement);
      const part = parts.get(shard) ?? {};
      parts.set(shard, part);
      (part[verdict] ??= []).push({ ...settlement, fence });
    }
  }
  return parts;
}

/** One answer for what several shards have settled. */
export function joinSettled(results: readonly SettleResult[]): SettleResult {
  const cancelled = results.flatMap((result) => result.cancelled ?? []);
  const wakes = results.flatMap(({ nextWakeMs }) => nextWakeMs ?? []);
  return {
    accepted: results.reduce((total, { accepted }) => total + accepted, 0),
    rejected: results.flatMap(({ rejected }) => rejected),
    jobs: results.flatMap(({ jobs }) => jobs),
    ...(cancelled.length === 0 ? {} : { cancelled }),
    ...(wakes.length === 0 ? {} : { nextWakeMs: Math.min(...wakes) }),
  };
}
