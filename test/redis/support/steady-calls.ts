import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from '@jest/globals';
import { waitFor } from './wait-for.js';

const running = new Set<SteadyCalls>();

// Registered by the import alone: they end with their test, also when it fails half-way.
afterEach(async () => {
  await Promise.all([...running].map((calls) => calls.stop()));
});

/** One small call after the other, as a client that goes on whatever happens. */
export interface SteadyCalls {
  readonly succeeded: number;
  readonly failures: readonly Error[];
  /** The longest time without a success so far, in milliseconds. */
  readonly longestGapMs: number;
  /** Waits for successes from now on. */
  goesOn(): Promise<void>;
  stop(): Promise<void>;
}

export function steadyCalls(call: () => Promise<unknown>): SteadyCalls {
  const failures: Error[] = [];
  let succeeded = 0;
  let longestGapMs = 0;
  let lastSuccessAt = performance.now();
  let stopping = false;
  const done = run();
  const calls: SteadyCalls = {
    get succeeded() {
      return succeeded;
    },
    failures,
    get longestGapMs() {
      return Math.max(longestGapMs, performance.now() - lastSuccessAt);
    },
    async goesOn() {
      const before = succeeded;
      await waitFor('calls to succeed', () => succeeded >= before + 20);
    },
    async stop() {
      stopping = true;
      running.delete(calls);
      await done;
    },
  };
  running.add(calls);
  return calls;

  async function run(): Promise<void> {
    while (!isStopping()) {
      try {
        await call();
        succeeded += 1;
        longestGapMs = Math.max(longestGapMs, performance.now() - lastSuccessAt);
        lastSuccessAt = performance.now();
      } catch (error) {
        failures.push(error as Error);
      }
      await sleep(5);
    }
  }

  function isStopping(): boolean {
    return stopping;
  }
}
