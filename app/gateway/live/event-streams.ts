import type { FastifyReply } from 'fastify';
import { MoorlineError } from '../../resilience/errors.js';
import { EventStream, type EventStreamOptions } from './event-stream.js';
import { TimingWheel } from './timing-wheel.js';

const keepAliveMs = 15_000;
const maxEventStreams = 20_000;

/** All answers of this process in Server-Sent Events. */
export class EventStreams {
  private readonly open = new Set<EventStream>();
  private readonly wheel = new TimingWheel<EventStream>(keepAliveMs, 15, (events) => {
    events.keepAlive();
  });
  private opening = 0;

  constructor(private readonly stopping: AbortSignal) {
    stopping.addEventListener('abort', () => {
      for (const events of this.open) events.stop();
    });
  }

  async answer(reply: FastifyReply, options: EventStreamOptions): Promise<void> {
    if (this.open.size + this.opening >= maxEventStreams) throw tooMany();
    this.opening += 1;
    try {
      const events = await EventStream.answer(reply, options, (closed) => {
        this.open.delete(closed);
        this.wheel.delete(closed);
      });
      if (events === undefined) return;
      this.open.add(events);
      this.wheel.add(events);
      if (this.stopping.aborted) events.stop();
    } finally {
      this.opening -= 1;
    }
  }
}

const tooMany = (): MoorlineError =>
  new MoorlineError('quota_exceeded', `This gateway has ${maxEventStreams} event streams open, as many as it takes.`, {
    retryAfterMs: 1_000,
  });
