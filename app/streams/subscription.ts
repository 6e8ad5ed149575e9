import type { LiveStream } from './live-stream.js';
import { decideStart, readFrom, type Start } from './start.js';
import type { Chunk, Position, Wanted } from './types.js';

/** So often a stream may turn out to be another one while somebody begins to follow it. */
const maxStarts = 3;
/** There are no chunks after this one: a read tells the position alone. */
const beyondAll = Number.MAX_SAFE_INTEGER;

/** What comes next; `lost`: it cannot be had any more, and the subscriber has to begin anew. */
export type Pulled = readonly Chunk[] | 'lost';

/**
 * One subscriber's place in a stream. It pulls at its own pace: what it does not take stays in the history, so a slow subscriber
 * costs no memory here.
 */
export class Subscription {
  private generation: number;
  private readonly unfollow: () => void;

  private constructor(
    private readonly live: LiveStream,
    private offset: number,
    onNews: () => void,
    private readonly onClose: () => void,
  ) {
    this.generation = live.generation;
    this.unfollow = live.follow(onNews);
  }

  /** `onNews` is called when a pull may find something. */
  static async begin(
    live: LiveStream,
    wanted: Wanted,
    { onNews, onClose }: { readonly onNews: () => void; readonly onClose: () => void },
  ): Promise<Start & { readonly subscription: Subscription }> {
    await live.open();
    const start = await findStart(live, wanted);
    return { ...start, subscription: new Subscription(live, start.position.offset, onNews, onClose) };
  }

  get position(): Position {
    return { epoch: this.live.state?.epoch ?? '', offset: this.offset };
  }

  /** All was pulled, and no more will come. */
  get isAtEnd(): boolean {
    const { state } = this.live;
    return state?.ended === true && this.generation === this.live.generation && this.offset >= state.offset;
  }

  /** At once where the next chunks are at hand; empty when there are none yet. One pull at a time. */
  pull(): Pulled | Promise<Pulled> {
    if (this.generation !== this.live.generation) return this.lost();
    const top = this.live.state?.offset ?? 0;
    if (this.offset >= top) return [];
    const chunks = this.live.after(this.offset);
    return chunks.length > 0 ? this.taken(chunks) : this.pullFromHistory();
  }

  close(): void {
    this.unfollow();
    this.onClose();
  }

  private async pullFromHistory(): Promise<Pulled> {
    const chunks = await afterLoading(this.live, this.offset);
    if (this.generation !== this.live.generation || chunks[0]?.offset !== this.offset + 1) return this.lost();
    return this.taken(chunks);
  }

  private lost(): 'lost' {
    this.live.noteLost();
    return 'lost';
  }

  private taken(chunks: readonly Chunk[]): readonly Chunk[] {
    this.offset = chunks.at(-1)?.offset ?? this.offset;
    return chunks;
  }
}

async function findStart(live: LiveStream, wanted: Wanted): Promise<Start> {
  for (let round = 0; round < maxStarts; round += 1) {
    if (live.state === undefined) await live.load(wanted === 'now' ? beyondAll : wanted.offset);
    const { state, generation } = live;
    if (state === undefined) continue;
    if (wanted === 'now') return { position: { epoch: state.epoch, offset: state.offset }, recovered: true };
    const from = readFrom(wanted, state);
    const [first] = from >= state.offset ? [] : await afterLoading(live, from);
    if (generation === live.generation) return decideStart(wanted, state, first?.offset);
  }
  return { position: { epoch: live.state?.epoch ?? '', offset: live.state?.offset ?? 0 }, recovered: false };
}

/** The next chunks after `offset`; where the next one is gone, the first that are not. Empty at the end, and when the stream is another one now. */
async function afterLoading(live: LiveStream, offset: number): Promise<readonly Chunk[]> {
  const { generation } = live;
  for (;;) {
    const from = Math.max(offset, live.firstKept - 1);
    if (live.generation !== generation || from >= (live.state?.offset ?? 0)) return [];
    const chunks = live.after(from);
    if (chunks.length > 0) return chunks;
    // Not by way of the cache, which may be too small.
    const loaded = await live.load(from);
    const at = from + 1 - (loaded[0]?.offset ?? Infinity);
    if (live.generation === generation && at >= 0 && at < loaded.length) return loaded.slice(at);
  }
}
