import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Figures } from '../types.js';
import { quantile } from '../results/statistics.js';
import { jobData, type Contender } from './contender.js';

export interface OpenLoop {
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

const queue = 'bench';
const concurrency = 100;
/** After the last job was sent. */
const maxBacklogMs = 30_000;

/**
 * Adds jobs by the clock, each marked with the time it was due, and has a worker of the same process note how late it starts
 * them: what waits because earlier jobs were slow counts in full.
 */
export async function runOpenLoop(loop: OpenLoop, contender: Contender): Promise<OpenLoopResult> {
  const jobs = Math.round(loop.perSecond * (loop.warmUpSeconds + loop.seconds));
  const latencies: number[] = [];
  let handled = 0;
  await contender.work([queue], concurrency, ({ dueMs }) => {
    handled += 1;
    latencies.push(performance.now() - dueMs);
  });
  const startMs = performance.now();
  const failures = await sendByTheClock(contender, jobs, loop.perSecond, startMs);
  const deadline = performance.now() + maxBacklogMs;
  while (handled < jobs - failures && performance.now() < deadline) await nextTurn();
  return {
    latencies: latencies.slice(Math.round(loop.perSecond * loop.warmUpSeconds)),
    failures,
    lost: jobs - failures - handled,
    seconds: (performance.now() - startMs) / 1000,
  };
}

export interface OpenLoopResult {
  /** ms, in the order the jobs started; without those of the warm-up. */
  readonly latencies: readonly number[];
  readonly failures: number;
  readonly lost: number;
  readonly seconds: number;
}

export function percentiles(latencies: readonly number[]): Figures {
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    p999Ms: quantile(latencies, 0.999),
  };
}

/** Looks at the clock in every turn of the event loop: a timer would be a millisecond late, and that would count. */
async function sendByTheClock(contender: Contender, jobs: number, perSecond: number, startMs: number): Promise<number> {
  let failures = 0;
  const sends: Promise<unknown>[] = [];
  while (sends.length < jobs) {
    const due = Math.min(jobs, ((performance.now() - startMs) * perSecond) / 1000);
    while (sends.length < due) {
      const data = jobData(sends.length, startMs + (1000 * sends.length) / perSecond);
      sends.push(
        contender.add(queue, data).catch(() => {
          failures += 1;
        }),
      );
    }
    await nextTurn();
  }
  await Promise.all(sends);
  return failures;
}
