import type { HostPort } from '../config/index.js';
import type { Logger } from '../log.js';
import type { Connection } from './connection.js';
import { EntryLinks } from './entry-links.js';
import { Link, type LinkEvents } from './link.js';
import { OnDemandLink } from './on-demand-link.js';
import { Subscriber } from './subscriber.js';
import type { Role, RoleStatus } from './types.js';
import type { Way } from './way.js';

/** Work on dead letters comes in bouts, few queues promise a disk, and not everybody waits for tasks. */
const idleMs = 60_000;

export interface LinksOptions {
  readonly open: (role: Role) => Promise<Connection>;
  readonly eventsOf: (role: Role) => LinkEvents;
  /** Connections for waits that are alone on theirs. */
  readonly maxAlone: number;
  readonly log: Logger;
}

/** The ways of all roles to the primary. */
export class Links {
  readonly command: Link;
  readonly task: Link;
  readonly durable: Link;
  readonly disk: OnDemandLink;
  readonly blocking: Link;
  readonly replies: EntryLinks;
  readonly subscriber: Subscriber;
  readonly admin: OnDemandLink;
  private readonly ways: Readonly<Record<Role, Way>>;

  constructor({ open, eventsOf, maxAlone, log }: LinksOptions) {
    const link = (role: Role) => new Link(role, () => open(role), eventsOf(role));
    this.command = link('command');
    this.task = link('task');
    this.durable = link('durable');
    this.blocking = link('blocking');
    this.subscriber = new Subscriber(() => open('subscriber'), log, eventsOf('subscriber'));
    this.admin = new OnDemandLink(() => link('admin'), idleMs);
    this.disk = new OnDemandLink(() => link('disk'), idleMs);
    this.replies = new EntryLinks(() => new OnDemandLink(() => link('replies'), idleMs), maxAlone);
    const { command, task, durable, disk, blocking, replies, subscriber, admin } = this;
    this.ways = { command, task, durable, disk, blocking, replies, subscriber, admin };
  }

  status(): Readonly<Record<Role, RoleStatus>> {
    const { command, task, durable, disk, blocking, replies, subscriber, admin } = this.ways;
    return {
      command: command.status(),
      task: task.status(),
      durable: durable.status(),
      disk: disk.status(),
      blocking: blocking.status(),
      replies: replies.status(),
      subscriber: subscriber.status(),
      admin: admin.status(),
    };
  }

  /** Takes all roles there. */
  moveTo(primary: HostPort): void {
    for (const way of Object.values(this.ways)) way.moveTo(primary);
  }

  /** Leaves all connections of now. */
  drop(reason: string): void {
    for (const way of Object.values(this.ways)) way.drop(reason);
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.ways).map((way) => way.close()));
  }
}
