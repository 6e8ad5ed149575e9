import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { queuePath, type Api } from '../api.js';

const pauseMs = 20;
const retryMs = 50;

export interface Producer {
  /** Ids, in the order of their acknowledgement. */
  readonly acknowledged: readonly string[];
  failedCalls(): number;
  longestStallMs(): number;
  /** Resolves when the job at hand is acknowledged or has failed. */
  stop(): Promise<void>;
}

/** Hands in one job after the other, each again with the same id until it is acknowledged. */
export function startProducer(api: Pick<Api, 'post'>, queue: string): Producer {
  const run = randomUUID();
  const acknowledged: string[] = [];
  let failedCalls = 0;
  let longestStallMs = 0;
  let isStopping = false;

  const handIn = async (id: string): Promise<boolean> => {
    try {
      await api.post(z.unknown(), queuePath(queue, 'jobs'), { id, data: null });
      return true;
    } catch {
      failedCalls += 1;
      await sleep(retryMs);
      return false;
    }
  };

  const produce = async (): Promise<void> => {
    let lastMs = performance.now();
    for (let job = 0; !isStopping;) {
      const id = `${run}-${job}`;
      if (!(await handIn(id))) continue;
      acknowledged.push(id);
      job += 1;
      longestStallMs = Math.max(longestStallMs, Math.round(performance.now() - lastMs));
      await sleep(pauseMs);
      lastMs = performance.now();
    }
  };

  const producing = produce();
  return {
    acknowledged,
    failedCalls: () => failedCalls,
    longestStallMs: () => longestStallMs,
    stop: () => {
      isStopping = true;
      return producing;
    },
  };
}
