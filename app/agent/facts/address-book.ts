import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { HostPort } from '../../config/index.js';
import { beforeDeadline, Deadline } from '../../resilience/deadline.js';
import type { Place } from './place.js';

/** A look-up that takes longer is not waited for: a replica of the DNS may be on the node that was lost. */
const lookUpDeadlineMs = 1_000;
/** Addresses change only when the Services are made anew. */
const trustMs = 30_000;

/** What the names of some servers lead to. The last answer stays valid while there is none. */
export class AddressBook {
  private places: readonly Place[];
  private refreshedAtMs = -Infinity;
  private refreshing: Promise<void> | undefined;

  constructor(private readonly servers: readonly HostPort[]) {
    this.places = servers.map(({ port }) => ({ hosts: [], port }));
  }

  /** In the order of the servers; some may be unknown yet. Waits for DNS only while one is. */
  async read(): Promise<readonly Place[]> {
    const isOld = performance.now() - this.refreshedAtMs > trustMs;
    const isIncomplete = this.places.some(({ hosts }) => hosts.length === 0);
    if (isOld || isIncomplete) {
      this.refreshing ??= this.refresh().finally(() => {
        this.refreshing = undefined;
      });
      if (isIncomplete) await this.refreshing;
    }
    return this.places;
  }

  /** An address was named that none of them has. */
  doubt(): void {
    this.refreshedAtMs = -Infinity;
  }

  private async refresh(): Promise<void> {
    const deadline = Deadline.after(lookUpDeadlineMs);
    this.places = await Promise.all(
      this.servers.map(async ({ host, port }, at) => {
        const hosts = await addressesOf(host, deadline).catch(() => this.places[at]?.hosts ?? []);
        return { hosts, port };
      }),
    );
    this.refreshedAtMs = performance.now();
  }
}

async function addressesOf(host: string, deadline: Deadline): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const answers = lookup(host, { all: true });
  const found = await beforeDeadline(answers, deadline, () => new Error(`no answer for the name ${host}`));
  return found.map(({ address }) => address);
}
