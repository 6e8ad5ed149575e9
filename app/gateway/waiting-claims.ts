import type { FastifyReply } from 'fastify';

/** Ends waiting requests early: one when its client goes away, all of them when the process stops. */
export class WaitingClaims {
  private readonly waiting = new Set<AbortController>();

  constructor(private readonly stopping: AbortSignal) {
    stopping.addEventListener('abort', () => {
      for (const one of this.waiting) one.abort();
    });
  }

  /** Runs `work` with a signal that ends its wait. */
  async run<T>(reply: FastifyReply, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const wait = new AbortController();
    const end = (): void => {
      wait.abort();
    };
    this.waiting.add(wait);
    reply.raw.once('close', end);
    if (this.stopping.aborted) end();
    try {
      return await work(wait.signal);
    } finally {
      reply.raw.off('close', end);
      this.waiting.delete(wait);
    }
  }
}

/** Whether nobody is there any more to read the answer. */
export const isAbandoned = (reply: FastifyReply): boolean => reply.raw.destroyed || reply.raw.closed;
