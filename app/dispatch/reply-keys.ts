import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnections } from '../redis/types.js';
import { isMoorlineError } from '../resilience/errors.js';
import type { PendingTask } from './pending.js';
import { dropReplyKey, repliesKey, replyKey, type Replies, type ReplyConnections, type ReplySink } from './replies.js';

/** A read cannot be ended: a task that nobody waits for any more holds its connection so long at most. */
const blockMs = 2_000;
const retryMs = 200;

/** A key, and while it is waited for a connection, for each task: what the others are to be compared with. */
export class ReplyKeys implements Replies {
  readonly address: string;

  constructor(
    private readonly connections: ReplyConnections,
    private readonly sink: ReplySink,
    private readonly name: string,
  ) {
    this.address = `k${name}`;
  }

  open(): undefined {
    return undefined;
  }

  await(task: PendingTask): void {
    void this.follow(task);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async follow(task: PendingTask): Promise<void> {
    const key = replyKey(`${this.name}:${task.id}`);
    while (task.isOpen) {
      try {
        const wait = { key, after: '0', count: 1, blockMs: Math.min(blockMs, task.deadline.remainingMs), alone: true };
        const [entry] = await this.connections.readEntries(wait);
        if (entry === undefined) continue;
        this.sink.take(task.id, entry.fields[1] as Buffer);
        await dropReplyKey(this.connections, key);
        return;
      } catch (error) {
        // As many as there may be connections; nobody waits without one.
        if (isMoorlineError(error) && error.code === 'quota_exceeded') task.fail(error);
        else await sleep(retryMs);
      }
    }
  }
}

/** How many streams of answers there are, whoever they belong to. */
export async function countReplyKeys(connections: Pick<RedisConnections, 'command'>): Promise<number> {
  return Number(await connections.command(['ZCARD', repliesKey]));
}

const maxSwept = 100;

/** Removes streams of answers whose time is over. They go by themselves, too: this catches those that were robbed of their expiry. */
export async function sweepReplyKeys(connections: Pick<RedisConnections, 'command'>): Promise<number> {
  const [seconds = 0] = ((await connections.command(['TIME'])) as Buffer[]).map(Number);
  const range = ['-inf', seconds * 1_000, 'LIMIT', 0, maxSwept] as const;
  const keys = ((await connections.command(['ZRANGEBYSCORE', repliesKey, ...range])) as Buffer[]).map(String);
  for (const key of keys) await dropReplyKey(connections, key);
  return keys.length;
}
