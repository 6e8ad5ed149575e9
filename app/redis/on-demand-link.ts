import type { HostPort } from '../config/index.js';
import type { Deadline } from '../resilience/deadline.js';
import { noConnection } from './link-errors.js';
import type { Link, RunOptions, Work } from './link.js';
import type { RoleStatus } from './types.js';

/** A link that is there while it is used, and for some time after. */
export class OnDemandLink {
  private link: Link | undefined;
  private users = 0;
  private idle: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly makeLink: () => Link,
    private readonly idleMs: number,
  ) {}

  /** As a link does. */
  async run<T>(work: Work<T>, bytes: number, deadline: Deadline, options: RunOptions = {}): Promise<T> {
    if (this.isClosed) throw noConnection('closed', undefined);
    clearTimeout(this.idle);
    this.link ??= this.makeLink();
    this.users += 1;
    try {
      return await this.link.run(work, bytes, deadline, options);
    } finally {
      this.users -= 1;
      if (this.users === 0) this.idle = setTimeout(() => void this.rest(), this.idleMs).unref();
    }
  }

  status(): RoleStatus {
    return (
      this.link?.status() ?? {
        configured: 1,
        status: this.isClosed ? 'closed' : 'idle',
        inFlight: 0,
        queuedBytes: 0,
        reconnects: 0,
      }
    );
  }

  moveTo(primary: HostPort): void {
    this.link?.moveTo(primary);
  }

  drop(reason: string): void {
    this.link?.drop(reason);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.idle);
    await this.link?.close();
  }

  private async rest(): Promise<void> {
    const { link } = this;
    this.link = undefined;
    await link?.close();
  }
}
