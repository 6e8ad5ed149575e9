import type { LimitBounds } from './aimd.js';

export interface GradientState {
  readonly limit: number;
  /** How long work takes in the long run; undefined before the first of it. */
  readonly longMs?: number;
}

/** So many pieces of work count in the long run. */
const longWindow = 600;
/** Work may take so much longer than in the long run before there is less of it at the same time. */
const tolerance = 1.5;
const smoothing = 0.2;
/** How much more than what seems right is tried: else the limit would never grow. */
const headroom = 4;
/** The long run is forgotten faster where work has become so much quicker. */
const recovered = 2;
const recoveryDecay = 0.95;

/**
 * The limit after a piece of work that took `tookMs` while `inFlight` were under way: less where it took longer than in the
 * long run, else a little more. (Gradient2 of Netflix's concurrency-limits.)
 */
export function nextGradient(
  { limit, longMs: before }: GradientState,
  tookMs: number,
  inFlight: number,
  { min, max }: LimitBounds,
): GradientState {
  // Of what took no time no share can be told.
  const shortMs = Math.max(tookMs, 0.001);
  const average = before === undefined ? shortMs : before + (shortMs - before) * (2 / (longWindow + 1));
  const longMs = average / shortMs > recovered ? average * recoveryDecay : average;
  // The limit was not what held work up.
  if (inFlight < limit / 2) return { limit, longMs };
  const gradient = Math.min(1, Math.max(0.5, (tolerance * longMs) / shortMs));
  const wanted = limit * gradient + headroom;
  const next = limit * (1 - smoothing) + wanted * smoothing;
  return { limit: Math.min(max, Math.max(min, next)), longMs };
}
