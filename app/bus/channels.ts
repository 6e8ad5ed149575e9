import type { RedisConnections } from '../redis/types.js';

export interface ChannelEvents {
  readonly onMessage: (channel: string, bytes: Buffer) => void;
  /** Messages of any channel may have been missed: once for all of them, since they share a connection. */
  readonly onGap: () => void;
}

/** The channels that this process listens to, each once for all who want it. */
export class Channels {
  private readonly open = new Map<string, { users: number; readonly opening: Promise<() => void> }>();
  private gapIsTold = false;

  constructor(
    private readonly connections: Pick<RedisConnections, 'subscribe'>,
    private readonly events: ChannelEvents,
  ) {}

  /** Resolves once messages arrive. Whoever joins leaves, also where joining failed. */
  async join(names: readonly string[]): Promise<void> {
    const joined = names.map((name) => {
      const channel = this.open.get(name) ?? { users: 0, opening: this.subscribe(name) };
      channel.users += 1;
      this.open.set(name, channel);
      return channel.opening;
    });
    await Promise.all(joined);
  }

  leave(names: readonly string[]): void {
    for (const name of names) {
      const channel = this.open.get(name);
      if (channel === undefined) continue;
      channel.users -= 1;
      if (channel.users > 0) continue;
      this.open.delete(name);
      channel.opening.then(end, () => undefined);
    }
  }

  async close(): Promise<void> {
    const all = [...this.open.values()];
    this.open.clear();
    await Promise.all(all.map(({ opening }) => opening.then(end, () => undefined)));
  }

  private subscribe(name: string): Promise<() => void> {
    return this.connections.subscribe(name, {
      onMessage: (bytes) => {
        this.events.onMessage(name, bytes);
      },
      onGap: () => {
        this.tellGap();
      },
    });
  }

  private tellGap(): void {
    if (this.gapIsTold) return;
    this.gapIsTold = true;
    queueMicrotask(() => {
      this.gapIsTold = false;
      this.events.onGap();
    });
  }
}

function end(unsubscribe: () => void): void {
  unsubscribe();
}
