/** What has to be done every so often for thousands of connections, spread evenly, by one timer. */
export class TimingWheel<T> {
  private readonly buckets: readonly Set<T>[];
  private readonly bucketOf = new Map<T, Set<T>>();
  private timer: NodeJS.Timeout | undefined;
  private at = 0;

  /** `visit` is called for each member once in `periodMs`, which has so many steps. */
  constructor(
    private readonly periodMs: number,
    steps: number,
    private readonly visit: (member: T) => void,
  ) {
    this.buckets = Array.from({ length: steps }, () => new Set<T>());
  }

  get size(): number {
    return this.bucketOf.size;
  }

  /** Its first turn comes within a period, at random: those who come together need not stay together. */
  add(member: T): void {
    const bucket = this.buckets[Math.floor(Math.random() * this.buckets.length)];
    if (bucket === undefined || this.bucketOf.has(member)) return;
    bucket.add(member);
    this.bucketOf.set(member, bucket);
    this.timer ??= setInterval(() => {
      this.step();
    }, this.periodMs / this.buckets.length);
  }

  delete(member: T): void {
    this.bucketOf.get(member)?.delete(member);
    this.bucketOf.delete(member);
    if (this.bucketOf.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private step(): void {
    this.at = (this.at + 1) % this.buckets.length;
    for (const member of this.buckets[this.at] ?? []) this.visit(member);
  }
}
