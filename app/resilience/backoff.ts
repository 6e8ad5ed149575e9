export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait before try number `attempt` (0 for the first): doubles up to `maxMs`, and half of it is chance,
 * so that many processes that lost the same server do not come back in step.
 */
export function backoffDelayMs(attempt: number, { firstMs, maxMs }: Backoff, random: number = Math.random()): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(full / 2 + (full / 2) * random);
}
