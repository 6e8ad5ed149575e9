import type { Chunk } from './types.js';

/** A range grows by what comes live until it is so large; then the next one begins. */
const maxRangeChunks = 128;
const maxRangeBytes = 64 * 1024;

interface Range {
  readonly chunks: Chunk[];
  bytes: number;
}

/**
 * Chunks that this process has at hand, of all streams together within a budget: what came live, and pages of the history. So
 * thousands who come back at the same time cost Redis a few reads. What was used longest ago is dropped first.
 */
export class ChunkCache {
  private readonly ranges = new Map<Range, CachedChunks>();
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  ofOneStream(): CachedChunks {
    return new CachedChunks(this);
  }

  /** Of a range that was used just now, or has grown by so many bytes. */
  touch(range: Range, owner: CachedChunks, grownBytes = 0): void {
    this.ranges.delete(range);
    this.ranges.set(range, owner);
    this.bytes += grownBytes;
    for (const [oldest, itsOwner] of this.ranges) {
      if (this.bytes <= this.maxBytes || oldest === range) return;
      itsOwner.drop(oldest);
      this.forget(oldest);
    }
  }

  forget(range: Range): void {
    if (this.ranges.delete(range)) this.bytes -= range.bytes;
  }
}

/** Those of one stream and epoch. */
export class CachedChunks {
  private ranges: Range[] = [];
  /** Nothing beyond is here. */
  private top = 0;

  constructor(private readonly cache: ChunkCache) {}

  /** The chunks that follow `offset` without a gap, as far as they are here in one piece; empty when the next one is not. */
  after(offset: number): readonly Chunk[] {
    for (let at = this.ranges.length - 1; at >= 0; at -= 1) {
      const range = this.ranges[at];
      const skip = offset + 1 - firstOf(range);
      if (range === undefined || skip < 0 || skip >= range.chunks.length) continue;
      this.cache.touch(range, this);
      return skip === 0 ? range.chunks.slice() : range.chunks.slice(skip);
    }
    return [];
  }

  /**
   * Chunks in order and without a gap among themselves; some may be here already. Answers false, and adds nothing, where one of
   * these is another chunk than it was.
   */
  add(chunks: readonly Chunk[]): boolean {
    const before = this.top;
    this.top = Math.max(before, chunks.at(-1)?.offset ?? 0);
    const [first] = chunks;
    if (first === undefined) return true;
    if (first.offset > before) this.append(chunks);
    else if (chunks.some((chunk) => this.contradicts(chunk))) return false;
    else this.addMissing(chunks);
    return true;
  }

  private addMissing(chunks: readonly Chunk[]): void {
    for (let from = 0; from < chunks.length;) {
      const isKnown = this.has(chunks[from]?.offset ?? 0);
      let to = from + 1;
      while (to < chunks.length && this.has(chunks[to]?.offset ?? 0) === isKnown) to += 1;
      if (!isKnown) this.append(chunks.slice(from, to));
      from = to;
    }
  }

  clear(): void {
    for (const range of this.ranges) this.cache.forget(range);
    this.ranges = [];
    this.top = 0;
  }

  drop(range: Range): void {
    this.ranges = this.ranges.filter((one) => one !== range);
  }

  private append(chunks: readonly Chunk[]): void {
    const first = chunks[0]?.offset ?? 0;
    const bytes = chunks.reduce((total, { json }) => total + json.length, 0);
    const range = this.ranges.find((one) => isRoomy(one) && lastOf(one) + 1 === first) ?? this.begin();
    range.chunks.push(...chunks);
    range.bytes += bytes;
    this.cache.touch(range, this, bytes);
  }

  private has(offset: number): boolean {
    return this.at(offset) !== undefined;
  }

  private contradicts({ offset, json }: Chunk): boolean {
    return this.at(offset)?.json.equals(json) === false;
  }

  private at(offset: number): Chunk | undefined {
    const range = this.ranges.find((one) => offset >= firstOf(one) && offset <= lastOf(one));
    return range?.chunks[offset - firstOf(range)];
  }

  private begin(): Range {
    const range: Range = { chunks: [], bytes: 0 };
    this.ranges.push(range);
    return range;
  }
}

const firstOf = (range: Range | undefined): number => range?.chunks[0]?.offset ?? Infinity;
const lastOf = ({ chunks }: Range): number => chunks.at(-1)?.offset ?? -Infinity;
const isRoomy = ({ chunks, bytes }: Range): boolean => chunks.length < maxRangeChunks && bytes < maxRangeBytes;
