/** What this process believes of the shards of one queue, by what its claims found there. */
export class ShardBoard {
  private readonly likely = new Set<number>();
  private readonly lookedAt = new Map<number, number>();
  private looks = 0;

  /** There is, or may be, work. */
  expect(shard: number): void {
    this.likely.add(shard);
  }

  /** A claim was answered; `mayHaveMore` when it got all it asked for. */
  note(shard: number, mayHaveMore: boolean): void {
    this.looks += 1;
    this.lookedAt.set(shard, this.looks);
    if (mayHaveMore) this.likely.add(shard);
    else this.likely.delete(shard);
  }

  /**
   * Where to look next: of two by chance among those with work the one that was looked at longer ago (power of two choices:
   * even, and many processes do not all choose alike). Undefined when no shard is known to have work.
   */
  choose(random: () => number = Math.random): number | undefined {
    const shards = [...this.likely];
    const draw = () => shards[Math.floor(random() * shards.length)];
    const [one, other] = [draw(), draw()];
    if (one === undefined || other === undefined) return undefined;
    return (this.lookedAt.get(one) ?? 0) <= (this.lookedAt.get(other) ?? 0) ? one : other;
  }

  /** All of so many shards, the ones not looked at for longest first. */
  inTurn(shards: number): readonly number[] {
    return Array.from({ length: shards }, (_, shard) => shard).sort(
      (one, other) => (this.lookedAt.get(one) ?? 0) - (this.lookedAt.get(other) ?? 0),
    );
  }
}
