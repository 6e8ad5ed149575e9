import type { FastifyReply } from 'fastify';
import type { Streams } from '../../streams/streams.js';
import type { Chunk, Position } from '../../streams/types.js';
import { errorReply } from '../../operations/error-reply.js';
import { Pump, type Sink } from './pump.js';

/** What a client that has lost its connection waits, before it comes back. */
const retryMs = 1_000;

export interface EventStreamOptions {
  /** Begins to follow what the answer is about. */
  readonly follow: (onNews: () => void) => ReturnType<Streams['subscribe']>;
  /** The client comes back by itself: it is told by 204 when there is nothing to come back for. */
  readonly isReturning: boolean;
}

/** One answer in Server-Sent Events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class EventStream implements Sink {
  private pump: Pump | undefined;

  private constructor(
    private readonly reply: FastifyReply,
    private readonly onClose: (closed: EventStream) => void,
  ) {}

  /** Answers a request; `onClose` is called when it is over. Rejects while nothing was answered yet. */
  static async answer(
    reply: FastifyReply,
    { follow, isReturning }: EventStreamOptions,
    onClose: (closed: EventStream) => void,
  ): Promise<EventStream | undefined> {
    const events = new EventStream(reply, onClose);
    const begun = await follow(() => {
      events.pump?.run();
    });
    const { subscription, position, recovered } = begun;
    if (reply.raw.destroyed || (isReturning && recovered && subscription.isAtEnd)) {
      subscription.close();
      if (!reply.raw.destroyed) await reply.code(204).send();
      return undefined;
    }
    events.pump = new Pump(subscription, events);
    events.begin({ ...position, recovered });
    return events;
  }

  hasRoom(): boolean {
    return !this.reply.raw.writableNeedDrain;
  }

  send(chunks: readonly Chunk[]): void {
    const epoch = this.pump?.epoch ?? '';
    const events = chunks.map(({ offset, json }) => `id: ${epoch}:${offset}\ndata: ${json.toString()}\n\n`);
    this.write(events.join(''));
  }

  /** A comment: it keeps proxies from closing the connection. */
  keepAlive(): void {
    this.write(':\n\n');
  }

  ended(): void {
    this.end('event: end\ndata: {}\n\n');
  }

  /** The client comes back with the last id it has, and is told then. */
  lost(): void {
    this.end('');
  }

  failed(error: unknown): void {
    this.end(`event: error\ndata: ${JSON.stringify(errorReply(error).body)}\n\n`);
  }

  /** The server stops: the client comes back, and finds another. */
  stop(): void {
    this.end('');
  }

  private begin(start: Position & { readonly recovered: boolean }): void {
    const { raw } = this.reply.hijack();
    raw.on('drain', () => this.pump?.run());
    raw.once('close', () => {
      this.pump?.close();
      this.onClose(this);
    });
    for (const [name, value] of Object.entries(this.reply.getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Else nginx would hold events back until its buffer is full.
      'x-accel-buffering': 'no',
    });
    this.write(`retry: ${retryMs}\nevent: subscribed\ndata: ${JSON.stringify(start)}\n\n`);
    this.pump?.run();
  }

  private write(text: string): void {
    if (!this.reply.raw.writableEnded) this.reply.raw.write(text);
  }

  private end(text: string): void {
    this.pump?.close();
    if (!this.reply.raw.writableEnded) this.reply.raw.end(text);
  }
}
