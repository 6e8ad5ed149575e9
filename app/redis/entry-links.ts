import type { HostPort } from '../config/index.js';
import { Deadline } from '../resilience/deadline.js';
import { MoorlineError } from '../resilience/errors.js';
import { sizeOf } from './link.js';
import type { OnDemandLink } from './on-demand-link.js';
import { roles } from './roles.js';
import type { EntriesWait, RoleStatus, StreamEntry } from './types.js';
import type { Way } from './way.js';

/** The connections on which entries of streams are waited for: the one that is shared, and those of waits that are alone on theirs. */
export class EntryLinks implements Way {
  private readonly shared: OnDemandLink;
  private readonly all: OnDemandLink[];
  private readonly free: OnDemandLink[] = [];

  constructor(
    private readonly makeLink: () => OnDemandLink,
    private readonly maxAlone: number,
  ) {
    this.shared = makeLink();
    this.all = [this.shared];
  }

  async read({ alone = false, ...wait }: EntriesWait): Promise<readonly StreamEntry[]> {
    if (!alone) return readBy(this.shared, wait);
    const link = this.take();
    try {
      return await readBy(link, wait);
    } finally {
      this.free.push(link);
    }
  }

  status(): RoleStatus {
    const parts = this.all.map((link) => link.status());
    const open = parts.filter(({ status }) => status === 'ready');
    return {
      ...this.shared.status(),
      ...(open[0] ?? {}),
      configured: Math.max(1, open.length),
      inFlight: parts.reduce((total, { inFlight }) => total + inFlight, 0),
    };
  }

  moveTo(primary: HostPort): void {
    for (const link of this.all) link.moveTo(primary);
  }

  drop(reason: string): void {
    for (const link of this.all) link.drop(reason);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((link) => link.close()));
  }

  private take(): OnDemandLink {
    const link = this.free.pop();
    if (link !== undefined) return link;
    if (this.all.length > this.maxAlone) throw noneLeft(this.maxAlone);
    const made = this.makeLink();
    this.all.push(made);
    return made;
  }
}

async function readBy(link: OnDemandLink, wait: EntriesWait): Promise<readonly StreamEntry[]> {
  const { key, after, count, blockMs } = wait;
  // 0 would be for ever.
  const block = Math.max(1, Math.ceil(blockMs));
  const command = ['XREAD', 'COUNT', count, 'BLOCK', block, 'STREAMS', key, after] as const;
  const deadline = Deadline.after(block + roles.replies.deadlineMs);
  return entriesOf(await link.run((connection) => connection.send(command), sizeOf(command), deadline));
}

type Reply = readonly (readonly [
  key: Buffer,
  entries: readonly (readonly [id: Buffer, fields: readonly Buffer[]])[],
])[];

function entriesOf(reply: unknown): readonly StreamEntry[] {
  const [stream] = (reply ?? []) as Reply;
  return (stream?.[1] ?? []).map(([id, fields]) => ({ id: id.toString(), fields }));
}

function noneLeft(maxAlone: number): MoorlineError {
  return new MoorlineError(
    'quota_exceeded',
    `Expected at most ${maxAlone} waits that have a connection each. Wait by a shared one, or raise REDIS_MAX_CONNECTIONS.`,
    { retryAfterMs: 1_000 },
  );
}
