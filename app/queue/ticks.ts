/** Ticks are microseconds. */
export function tickToMs(tick: string): number {
  return Math.floor(Number(tick) / 1000);
}
