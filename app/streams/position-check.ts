import type { Logger } from '../log.js';
import type { RedisConnections } from '../redis/types.js';
import { readPositions } from './history.js';
import type { LiveStream } from './live-stream.js';

const everyMs = 30_000;
const jitterMs = 10_000;
/** One call asks for so many. */
const maxStreamsPerCall = 200;

/**
 * Asks Redis now and then how far the streams are that somebody follows: a message that never came would otherwise be missed
 * until the next one.
 */
export class PositionCheck {
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly connections: Pick<RedisConnections, 'call' | 'isCluster'>,
    private readonly followed: () => readonly LiveStream[],
    private readonly log: Logger,
  ) {}

  /** To be told when there is something to check; nothing is asked while nobody follows anything. */
  start(): void {
    if (this.timer !== undefined || this.isClosed) return;
    this.timer = setTimeout(() => void this.run(), everyMs + Math.random() * jitterMs);
    this.timer.unref();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    const streams = this.followed();
    for (let at = 0; at < streams.length; at += maxStreamsPerCall) {
      await this.check(streams.slice(at, at + maxStreamsPerCall)).catch((error: unknown) => {
        this.log.debug({ err: error }, 'streams could not be checked; they are looked at again later');
      });
    }
    this.timer = undefined;
    if (streams.length > 0) this.start();
  }

  private async check(streams: readonly LiveStream[]): Promise<void> {
    const before = streams.map(({ state, generation }) => ({ top: state?.offset ?? 0, generation }));
    const states = await readPositions(
      this.connections,
      streams.map(({ id }) => id),
    );
    for (const [at, stream] of streams.entries()) {
      const [state, known] = [states[at], before[at]];
      if (state === undefined || known === undefined || stream.generation !== known.generation) continue;
      stream.adopt(state, known.top);
      stream.tell();
    }
  }
}
