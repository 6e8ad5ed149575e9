import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Generous by default: a test may share two busy cores, and only a failing test ever waits so long. */
  readonly deadlineMs?: number;
  readonly pollMs?: number;
}

/** Asks again and again until the answer is neither undefined nor false, and returns it; past the deadline it throws with the last error. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { deadlineMs = 30_000, pollMs = 50 }: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  let lastError: unknown;
  do {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await sleep(pollMs);
  } while (Date.now() < deadline);
  throw new Error(`Expected within ${deadlineMs} ms: ${what}`, { cause: lastError });
}
