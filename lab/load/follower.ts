import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { LiveJournal } from './live-journal.js';
import type { LiveNames } from './live-producer.js';

interface Frame {
  readonly stream?: string;
  readonly topic?: string;
  readonly offset?: number;
  readonly data?: number;
  readonly subscribed?: {
    readonly stream?: string;
    readonly offset: number;
    readonly epoch: string;
    readonly recovered: boolean;
  };
  readonly error?: object;
}

export interface FollowerOptions extends LiveNames {
  readonly url: string;
  readonly token: string;
  readonly journal: LiveJournal;
  readonly signal: AbortSignal;
}

const retryMs = 100;

/** Follows the stream and the topic by a WebSocket, comes back where it was, and notes what does not hold. */
export class Follower {
  /** The last chunk it has got. */
  lastChunk: number | undefined;
  private lastMessage = 0;
  private position = { offset: 0, epoch: '' };

  constructor(private readonly options: FollowerOptions) {}

  async run(): Promise<void> {
    const { signal } = this.options;
    while (!signal.aborted) {
      await this.connect().catch(() => undefined);
      await sleep(retryMs);
    }
  }

  /** Until the connection ends. */
  private async connect(): Promise<void> {
    const { url, token, stream, topic, signal } = this.options;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/ws`, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: 5_000,
    });
    const stop = (): void => {
      socket.terminate();
    };
    signal.addEventListener('abort', stop);
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      // As a subscription that was refused, for example since Redis is away: it is asked for again.
      if (frame.error === undefined) this.take(frame);
      else stop();
    });
    try {
      await once(socket, 'open');
      socket.send(JSON.stringify({ id: 1, subscribe: { stream, ...this.position } }));
      socket.send(JSON.stringify({ id: 2, subscribe: { topic } }));
      await once(socket, 'close');
    } finally {
      stop();
      signal.removeEventListener('abort', stop);
    }
  }

  private take({ subscribed, stream, topic, offset, data }: Frame): void {
    if (subscribed?.stream !== undefined) this.begin(subscribed);
    else if (stream !== undefined && offset !== undefined && data !== undefined) this.takeChunk(offset, data);
    else if (topic !== undefined && data !== undefined) this.takeMessage(data);
  }

  private begin({ offset, epoch, recovered }: NonNullable<Frame['subscribed']>): void {
    const { journal } = this.options;
    if (recovered) this.expect(offset === this.position.offset, `went on at ${offset}, not at ${this.position.offset}`);
    else {
      journal.told += 1;
      this.lastChunk = undefined;
    }
    this.position = { offset, epoch };
  }

  private takeChunk(offset: number, number: number): void {
    this.expect(offset === this.position.offset + 1, `chunk at ${offset} after ${this.position.offset}`);
    const { lastChunk = number - 1 } = this;
    this.expect(number === lastChunk + 1, `chunk ${number} after ${lastChunk}, and nobody was told`);
    this.lastChunk = number;
    this.position = { ...this.position, offset };
  }

  /** Some may be missing, as after a lost connection, but none may come twice or late. */
  private takeMessage(number: number): void {
    if (number <= this.lastMessage) {
      this.options.journal.messageTroubles.push(`message ${number} after ${this.lastMessage}`);
    }
    this.lastMessage = number;
  }

  private expect(holds: boolean, trouble: string): void {
    if (!holds) this.options.journal.chunkTroubles.push(trouble);
  }
}
