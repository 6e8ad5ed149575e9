import type { GradientGate } from '../resilience/limiter/gradient-gate.js';
import type { Message } from './envelope.js';
import { Lane, type Overflow } from './lane.js';

export interface SubscribeOptions {
  /** Messages that wait for the handler, at most, on each of its lanes. @default 1000 */
  readonly maxWaiting?: number;
  /** What they weigh, at most. @default 16 MiB */
  readonly maxWaitingBytes?: number;
  /** What becomes of a message beyond. @default drop-oldest */
  readonly overflow?: Overflow;
  /** Messages may have been missed, since the connection was lost. */
  readonly onGap?: () => void;
}

/** Handles one message; the next one of its topic comes when it has. */
export type MessageHandler = (message: Message) => void | Promise<void>;

/** What listeners share, and to whom they tell. */
export interface ListenerSurroundings {
  readonly gate: GradientGate;
  readonly hold: () => () => void;
  readonly onBegin: (message: Message) => void;
  readonly onDropped: (overflow: Overflow) => void;
  readonly onFailed: (error: unknown) => void;
}

const defaultMaxWaiting = 1_000;
const defaultMaxWaitingBytes = 16 * 1024 * 1024;

/**
 * One subscription. It has a lane for each channel that its messages come by: a topic is always on the same one and so keeps its
 * order, while a slow handler of many topics still works on several of them.
 */
export class Listener {
  readonly onGap: () => void;
  private readonly lanes = new Map<string, Lane<Message>>();
  private isClosed = false;

  constructor(
    private readonly handler: MessageHandler,
    private readonly options: SubscribeOptions,
    private readonly surroundings: ListenerSurroundings,
  ) {
    this.onGap = options.onGap ?? (() => undefined);
  }

  take(channel: string, message: Message): void {
    if (this.isClosed) return;
    let lane = this.lanes.get(channel);
    if (lane === undefined) {
      lane = this.newLane();
      this.lanes.set(channel, lane);
    }
    lane.push(message);
  }

  /** What waits is not handled any more. Whether it was open. */
  close(): boolean {
    const wasOpen = !this.isClosed;
    this.isClosed = true;
    for (const lane of this.lanes.values()) lane.clear();
    return wasOpen;
  }

  private newLane(): Lane<Message> {
    const {
      maxWaiting = defaultMaxWaiting,
      maxWaitingBytes = defaultMaxWaitingBytes,
      overflow = 'drop-oldest',
    } = this.options;
    const { gate, hold, onDropped } = this.surroundings;
    return new Lane((message) => this.handle(message), {
      maxWaiting,
      maxWaitingBytes,
      bytesOf: ({ json }) => json.length,
      overflow,
      onDropped: () => {
        onDropped(overflow);
      },
      hold,
      gate,
    });
  }

  private handle(message: Message): void | Promise<void> {
    const { onBegin, onFailed } = this.surroundings;
    onBegin(message);
    try {
      const handling = this.handler(message);
      return handling instanceof Promise ? handling.catch(onFailed) : undefined;
    } catch (error) {
      onFailed(error);
      return undefined;
    }
  }
}
