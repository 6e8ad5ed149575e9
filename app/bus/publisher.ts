import type { FunctionCall, RedisConnections } from '../redis/types.js';
import { MoorlineError } from '../resilience/errors.js';

/** One call carries so many; a message alone may be larger. */
const maxMessagesPerCall = 200;
const maxBytesPerCall = 64 * 1024;
const maxWaiting = 50_000;
const maxWaitingBytes = 32 * 1024 * 1024;

/** Makes the call that publishes messages, packed one behind the other. */
export type CallOf = (messages: Buffer) => FunctionCall;

interface Waiting {
  readonly message: Buffer;
  readonly resolve: (reached: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Publishes in the order of the calls, for each channel one call at a time: what comes meanwhile shares the next one. A call
 * whose answer was lost is not sent again: messages come at most once, unless their publisher says how to know them again.
 */
export class BusPublisher {
  private readonly lines = new Map<string, Waiting[]>();
  private waiting = 0;
  private waitingBytes = 0;

  constructor(private readonly connections: Pick<RedisConnections, 'call'>) {}

  /** Answers how many processes got it; -1 where there is none it could be for. */
  publish(channel: string, message: Buffer, callOf: CallOf): Promise<number> {
    if (this.waiting >= maxWaiting || this.waitingBytes + message.length > maxWaitingBytes) {
      return Promise.reject(tooMuchWaits());
    }
    this.waiting += 1;
    this.waitingBytes += message.length;
    return new Promise<number>((resolve, reject) => {
      const line = this.lines.get(channel);
      if (line !== undefined) line.push({ message, resolve, reject });
      else void this.run(channel, [{ message, resolve, reject }], callOf);
    });
  }

  private async run(channel: string, line: Waiting[], callOf: CallOf): Promise<void> {
    this.lines.set(channel, line);
    while (line.length > 0) {
      // Messages of the same tick share a call.
      await Promise.resolve();
      const some = line.splice(0, howMany(line));
      try {
        const reached = Number(await this.connections.call('command', callOf(joined(some))));
        for (const { resolve } of some) resolve(reached);
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
      this.waiting -= some.length;
      for (const { message } of some) this.waitingBytes -= message.length;
    }
    this.lines.delete(channel);
  }
}

function joined(some: readonly Waiting[]): Buffer {
  const [first] = some;
  return some.length === 1 && first !== undefined ? first.message : Buffer.concat(some.map(({ message }) => message));
}

function howMany(line: readonly Waiting[]): number {
  let [count, bytes] = [0, 0];
  for (const { message } of line) {
    bytes += message.length;
    if (count > 0 && (count >= maxMessagesPerCall || bytes > maxBytesPerCall)) break;
    count += 1;
  }
  return count;
}

const tooMuchWaits = (): MoorlineError =>
  new MoorlineError(
    'redis_unavailable',
    `More messages wait for Redis than this process holds (${maxWaiting}, or ${maxWaitingBytes} bytes). Try again more slowly.`,
    { retryAfterMs: 1_000 },
  );
