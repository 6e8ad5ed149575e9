/** When one client got what it wanted: how long it went without is how long the fault lasted for it. */
export class Pulse {
  readonly #beats: number[];

  constructor(sinceMs: number) {
    this.#beats = [sinceMs];
  }

  beat(atMs: number): void {
    this.#beats.push(atMs);
  }

  get count(): number {
    return this.#beats.length - 1;
  }

  /** Whether it got anything after a moment. */
  isAliveAfter(atMs: number): boolean {
    return (this.#beats.at(-1) ?? 0) > atMs;
  }

  /** The longest time without success between two moments; what was before the first does not count. */
  longestGapMs(fromMs: number, toMs: number): number {
    const within = this.#beats.filter((beat) => beat > fromMs && beat < toMs);
    const ends = [...within, toMs];
    return Math.max(...ends.map((end, at) => end - (at === 0 ? fromMs : (within[at - 1] ?? fromMs))));
  }
}
