import { beforeDeadline, type Deadline } from '../../resilience/deadline.js';
import type { Connections } from '../connections.js';
import { noConnection } from '../link-errors.js';
import type { SubscriptionHandlers } from '../types.js';
import type { Nodes } from './nodes.js';

interface Subscription {
  readonly channel: string;
  readonly handlers: SubscriptionHandlers;
  /** The node that it is made at, or being made at. */
  host: Connections | undefined;
  isLive: boolean;
  end: () => void;
  begun: () => void;
}

/** The nodes of a cluster tell each other what is published, so one of them, any one, hears everything. */
export class Subscriptions {
  private readonly all = new Set<Subscription>();
  private host: Connections | undefined;

  constructor(
    private readonly nodes: Nodes,
    /** Asks for a look at the cluster. */
    private readonly onTrouble: () => void,
  ) {}

  /** Resolves once messages arrive, with the function that ends it. */
  async subscribe(channel: string, handlers: SubscriptionHandlers, deadline: Deadline): Promise<() => void> {
    let end = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      const subscription: Subscription = {
        channel,
        handlers,
        host: undefined,
        isLive: false,
        end: () => undefined,
        begun: resolve,
      };
      end = () => {
        this.all.delete(subscription);
        subscription.end();
      };
      this.all.add(subscription);
    });
    this.follow();
    const giveUp = () => noConnection('connecting', 'no node of the cluster listens');
    await beforeDeadline(begun, deadline, giveUp).catch((error: unknown) => {
      end();
      throw error;
    });
    return end;
  }

  /** Leaves a node that is lost. Called after each look at the cluster, and those come often while a node is lost. */
  follow(): void {
    this.host = this.chooseHost();
    if (this.host === undefined) return;
    for (const subscription of this.all) {
      if (subscription.host !== this.host) void this.begin(subscription, this.host);
    }
  }

  private chooseHost(): Connections | undefined {
    const { all } = this.nodes;
    const ready = all.filter((node) => node.status().ready);
    if (this.host !== undefined && (ready.includes(this.host) || (ready.length === 0 && all.includes(this.host)))) {
      return this.host;
    }
    // Any: so the processes spread over the nodes.
    const candidates = ready.length > 0 ? ready : all;
    return candidates[Math.floor(Math.random() * candidates.length)];
  }

  private async begin(subscription: Subscription, host: Connections): Promise<void> {
    const { channel, handlers, end: endBefore } = subscription;
    subscription.host = host;
    try {
      const end = await host.subscribe(channel, handlers);
      endBefore();
      if (subscription.host !== host || !this.all.has(subscription)) {
        end();
        return;
      }
      subscription.end = end;
      if (subscription.isLive) handlers.onGap?.();
      subscription.isLive = true;
      subscription.begun();
    } catch {
      // The next look at the cluster finds another one.
      if (subscription.host === host) subscription.host = undefined;
      this.onTrouble();
    }
  }
}
