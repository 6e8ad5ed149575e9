import type { RedisConnections } from '../redis/types.js';
import { queueKey } from './keys.js';
import { queueCall } from './library.js';
import { limits } from './limits.js';
import { readDeadRecord, readErrors, readNotes, readRecord, readTries } from './packed.js';
import type {
  DeadJob,
  DeadOptions,
  DeadPage,
  DeadPageRequest,
  DeadPurged,
  DeadReplayed,
  DeadSelection,
} from './types.js';
import { checkAtMost, checkInteger, checkJobId, checkRate, invalid } from './validate.js';

const idsPerRead = 10;
const idsPerChange = 200;
/** A page looks at this many times 500 dead letters at most; with a rare fingerprint it may then be short, and its cursor leads on. */
const maxScansPerPage = 20;
/** A page ends early when its jobs weigh so much. */
const maxPageBytes = 4 * 1024 * 1024;

interface Match {
  readonly id: string;
  /** Of its death; unique, so it serves as cursor. */
  readonly tick: string;
}

interface Scan {
  readonly matches: readonly Match[];
  /** Absent at the end. */
  readonly next?: string;
  /** The last tick looked at: what dies later is not part of this scan. */
  readonly last: string;
}

/** Does something to at most 200 dead letters; answers how many it changed. `before` were changed by the same request. */
type Change = (ids: readonly string[], before: number) => Promise<number>;

/** Dead letters and what people do with them: in chunks, so that no number of them blocks Redis. */
export class DeadLetters {
  constructor(private readonly connections: Pick<RedisConnections, 'call' | 'command'>) {}

  /** In the order of their deaths. */
  async page(queue: string, request: DeadPageRequest): Promise<DeadPage> {
    checkInteger('limit', request.limit, 1, limits.maxDeadPage);
    checkCursor(request.cursor);
    const { matches, next } = await this.scanPage(queue, request);
    const jobs: DeadJob[] = [];
    let bytes = 0;
    for (const some of chunksOf(matches, idsPerRead)) {
      if (bytes >= maxPageBytes) return { jobs, cursor: tickBefore(matches, some) };
      const read = await this.read(queue, some);
      bytes += read.reduce((total, { dataJson }) => total + dataJson.length, 0);
      jobs.push(...read);
    }
    return { jobs, ...(next === undefined ? {} : { cursor: next }) };
  }

  /** They start anew. With a rate they are spread over time as delayed jobs, so that the request itself is quick. */
  async replay(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadReplayed> {
    const { ratePerSecond } = options;
    if (ratePerSecond !== undefined) checkRate('ratePerSecond', ratePerSecond);
    const stepMs = ratePerSecond === undefined ? 0 : 1000 / ratePerSecond;
    const { matched, changed } = await this.change(queue, selection, options, async (ids, before) => {
      const reply = await this.connections.call(
        'admin',
        queueCall('dead_replay', queue, [before * stepMs, stepMs, ...ids]),
      );
      return Number(reply);
    });
    return { matched, replayed: changed };
  }

  /** They are gone for good; their ids may be used again. */
  async purge(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadPurged> {
    const { matched, changed } = await this.change(queue, selection, options, async (ids) => {
      return Number(await this.connections.call('admin', queueCall('dead_purge', queue, ids)));
    });
    return { matched, purged: changed };
  }

  private async change(
    queue: string,
    selection: DeadSelection,
    { limit = limits.maxDeadSelection, dryRun = false }: DeadOptions,
    change: Change,
  ): Promise<{ matched: number; changed: number }> {
    checkInteger('limit', limit, 1, limits.maxDeadSelection);
    let [matched, changed] = [0, 0];
    for await (const ids of this.select(queue, selection, limit)) {
      matched += ids.length;
      if (!dryRun) changed += await change(ids, changed);
    }
    return { matched, changed };
  }

  /** The ids of the selection that are dead, at most 200 at a time and `limit` in all. */
  private async *select(queue: string, selection: DeadSelection, limit: number): AsyncGenerator<readonly string[]> {
    if ('ids' in selection) yield* this.selectIds(queue, selection.ids, limit);
    else yield* this.selectAlike(queue, 'fingerprint' in selection ? selection.fingerprint : '', limit);
  }

  private async *selectIds(queue: string, ids: readonly string[], limit: number): AsyncGenerator<readonly string[]> {
    checkAtMost('the number of ids', ids.length, limits.maxDeadSelection);
    for (const [index, id] of ids.entries()) checkJobId(`ids[${index}]`, id);
    let open = limit;
    for (const some of chunksOf([...new Set(ids)], idsPerChange)) {
      const ticks = (await this.connections.command([
        'ZMSCORE',
        queueKey(queue, 'dead'),
        ...some,
      ])) as (Buffer | null)[];
      const dead = some.filter((_, index) => ticks[index] !== null).slice(0, open);
      open -= dead.length;
      yield dead;
      if (open === 0) return;
    }
  }

  private async *selectAlike(queue: string, fingerprint: string, limit: number): AsyncGenerator<readonly string[]> {
    let open = limit;
    let last: string | undefined;
    for (let cursor: string | undefined = '0'; cursor !== undefined && open > 0;) {
      const scan: Scan = await this.scan(queue, { cursor, last, fingerprint, limit: Math.min(open, idsPerChange) });
      open -= scan.matches.length;
      yield scan.matches.map(({ id }) => id);
      ({ last, next: cursor } = scan);
    }
  }

  private async scanPage(queue: string, { cursor = '0', limit, fingerprint = '' }: DeadPageRequest): Promise<Scan> {
    let scan = await this.scan(queue, { cursor, limit, fingerprint });
    for (let scans = 1; scan.next !== undefined && scan.matches.length < limit && scans < maxScansPerPage; scans += 1) {
      const more = await this.scan(queue, {
        cursor: scan.next,
        last: scan.last,
        limit: limit - scan.matches.length,
        fingerprint,
      });
      scan = { ...more, matches: [...scan.matches, ...more.matches] };
    }
    return scan;
  }

  private async scan(
    queue: string,
    {
      cursor,
      last = '+inf',
      limit,
      fingerprint,
    }: { cursor: string; last?: string | undefined; limit: number; fingerprint: string },
  ): Promise<Scan> {
    const reply = await this.connections.call(
      'admin',
      queueCall('dead_scan', queue, [cursor, last, limit, fingerprint]),
    );
    const [next = '', lastSeen = '', ...pairs] = (reply as Buffer[]).map(String);
    const matches = chunksOf(pairs, 2).map(([id = '', tick = '']) => ({ id, tick }));
    return { matches, last: lastSeen, ...(next === '' ? {} : { next }) };
  }

  private async read(queue: string, matches: readonly Match[]): Promise<readonly DeadJob[]> {
    const ids = matches.map(({ id }) => id);
    const reply = (await this.connections.call('admin', queueCall('dead_read', queue, ids))) as Buffer[];
    return chunksOf(reply, 7).map(deadJob);
  }
}

function deadJob([id, tick, deadRecord, tries, errors, record, notes]: readonly Buffer[]): DeadJob {
  const none = Buffer.alloc(0);
  const { reason, fingerprint } = readDeadRecord(deadRecord ?? none);
  const { priority, enqueuedAt, dataJson } = readRecord(record ?? none);
  return {
    id: String(id),
    fingerprint,
    reason,
    errors: readErrors(errors ?? none),
    ...readTries(tries ?? none),
    priority,
    enqueuedAt,
    diedAt: tickToMs(String(tick)),
    dataJson,
    ...readNotes(notes ?? none),
  };
}

/** Ticks are microseconds. */
export function tickToMs(tick: string): number {
  return Math.floor(Number(tick) / 1000);
}

function tickBefore(matches: readonly Match[], chunk: readonly Match[]): string {
  const [first] = chunk;
  return matches[matches.findIndex((match) => match === first) - 1]?.tick ?? '0';
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function checkCursor(cursor: string | undefined): void {
  if (cursor !== undefined && !/^\d{1,16}$/.test(cursor)) throw invalid('cursor', 'one that a page answered', cursor);
}
