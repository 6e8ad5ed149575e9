import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;

/** Asks again and again until the answer is neither undefined nor false. @throws Error that names what did not happen in time. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs: number,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() >= deadline) throw new Error(`expected within ${deadlineMs / 1000} s: ${what}`);
    await sleep(pollMs);
  }
}
