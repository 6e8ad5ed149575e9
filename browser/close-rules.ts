/** What follows the end of a WebSocket: come `back`, come back after a longer while, or stop, since the same would end the same. */
export type Consequence = 'back' | 'back later' | 'stop';

/** 3500-3999 and 4500-4999 are for good; but 4500 says only that nothing was followed. */
export function consequenceOf(code: number): Consequence {
  if (code === 3013) return 'back later';
  const isForGood = code === 1009 || (code >= 3500 && code < 4000) || (code > 4500 && code < 5000);
  return isForGood ? 'stop' : 'back';
}

const firstMs = 1_000;
const laterMs = 8_000;
const maxMs = 30_000;

/** All of it is chance: thousands may have lost the same gateway, and come back spread over a second, then over more. */
export function delayMs(failures: number, consequence: Consequence = 'back', random = Math.random()): number {
  const first = consequence === 'back later' ? laterMs : firstMs;
  return Math.round(Math.min(maxMs, first * 2 ** failures) * random);
}
