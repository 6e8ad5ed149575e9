import type { RedisConnections } from '../redis/types.js';
import { MoorlineError } from '../resilience/errors.js';
import { queueCall } from './library.js';
import { limits } from './limits.js';

const emptiedPerCall = 100;

export type QueueMode = 'running' | 'paused' | 'draining';

const modeWords: Readonly<Record<QueueMode, string>> = { running: '0', paused: '1', draining: 'd' };

/** What people switch on and off while a queue runs. */
export class QueueControl {
  constructor(private readonly connections: Pick<RedisConnections, 'call'>) {}

  async setMode(queue: string, mode: QueueMode): Promise<void> {
    await this.connections.call('command', queueCall('pause', queue, [modeWords[mode]]));
  }

  async setKeyPaused(queue: string, key: string, paused: boolean): Promise<void> {
    const args = [key, paused ? 1 : 0, limits.maxPausedKeys];
    const pausedKeys = await this.connections.call('command', queueCall('pause_key', queue, args));
    if (Number(pausedKeys) < 0) {
      throw new MoorlineError(
        'quota_exceeded',
        `Expected at most ${limits.maxPausedKeys} paused keys in queue ${queue}: resume others, or pause the queue`,
      );
    }
  }

  /** In chunks, so that no number of jobs blocks Redis. */
  async empty(queue: string, limit: number): Promise<number> {
    let removed = 0;
    let last = emptiedPerCall;
    while (last > 0 && removed < limit) {
      const max = Math.min(emptiedPerCall, limit - removed);
      last = Number(await this.connections.call('command', queueCall('empty', queue, [max])));
      removed += last;
    }
    return removed;
  }
}
