import type { RedisConnections } from '../redis/types.js';
import { registryKey } from './keys.js';

const againAfterMs = 3_600_000;
/** Beyond so many names the process forgets that it noted them, and notes them again. */
const maxRemembered = 10_000;

/** Writes down the names of the queues, so that they can be listed: at first use, and again now and then, should Redis have lost it. */
export class QueueRegistry {
  private readonly notedAtMs = new Map<string, number>();
  private reconnects = 0;

  constructor(private readonly connections: Pick<RedisConnections, 'command' | 'reconnects'>) {}

  /** In the background: a name that is not written yet is noted at the next use. */
  note(queue: string): void {
    this.forgetAfterReconnect();
    const now = performance.now();
    const noted = this.notedAtMs.get(queue);
    if (noted !== undefined && now - noted < againAfterMs) return;
    if (this.notedAtMs.size >= maxRemembered) this.notedAtMs.clear();
    this.notedAtMs.set(queue, now);
    this.connections.command(['SADD', registryKey, queue]).catch(() => this.notedAtMs.delete(queue));
  }

  /** Another server, or the same one emptied, may not know the names. */
  private forgetAfterReconnect(): void {
    const { reconnects } = this.connections;
    if (reconnects === this.reconnects) return;
    this.reconnects = reconnects;
    this.notedAtMs.clear();
  }
}
