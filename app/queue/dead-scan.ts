import type { RedisConnections } from '../redis/types.js';
import { chunksOf } from './chunks.js';
import { queueKey } from './keys.js';
import { queueCall } from './library.js';
import { limits } from './limits.js';
import { deadReasonLetters } from './packed.js';
import type { DeadFilter, DeadPageRequest, DeadSelection } from './types.js';
import { checkAtMost, checkInteger, checkJobId, invalid } from './validate.js';

/** What one function call changes: below 1.5 ms of Redis' time also among a million dead letters. */
const idsPerChange = 50;
/** A page looks at this many times 250 dead letters at most; with a rare reason it may then be short, and its cursor leads on. */
const maxScansPerPage = 40;

export interface Match {
  readonly id: string;
  /** Of its death; unique, so it serves as cursor. */
  readonly tick: string;
}

export interface Scan {
  readonly matches: readonly Match[];
  /** Absent at the end. */
  readonly next?: string;
  /** The last tick looked at: what dies later is not part of this scan. */
  readonly last: string;
}

interface ScanRequest extends DeadFilter {
  readonly cursor?: string | undefined;
  readonly last?: string | undefined;
  readonly limit: number;
}

/** Finds dead letters, in chunks. */
export class DeadScans {
  constructor(private readonly connections: Pick<RedisConnections, 'call' | 'command'>) {}

  /** In the order of their deaths. */
  async page(queue: string, request: DeadPageRequest): Promise<Scan> {
    checkFilter(request);
    let scan = await this.scan(queue, request);
    const isShort = () => scan.next !== undefined && scan.matches.length < request.limit;
    for (let scans = 1; isShort() && scans < maxScansPerPage; scans += 1) {
      const limit = request.limit - scan.matches.length;
      const more = await this.scan(queue, { ...request, cursor: scan.next, last: scan.last, limit });
      scan = { ...more, matches: [...scan.matches, ...more.matches] };
    }
    return scan;
  }

  /** The ids of the selection that are dead, at most 50 at a time and `limit` in all. */
  async *select(queue: string, selection: DeadSelection, limit: number): AsyncGenerator<readonly string[]> {
    if ('ids' in selection) yield* this.selectIds(queue, selection.ids, limit);
    else yield* this.selectAlike(queue, selection, limit);
  }

  private async *selectIds(queue: string, ids: readonly string[], limit: number): AsyncGenerator<readonly string[]> {
    checkAtMost('the number of ids', ids.length, limits.maxDeadSelection);
    for (const [index, id] of ids.entries()) checkJobId(`ids[${index}]`, id);
    let open = limit;
    for (const some of chunksOf([...new Set(ids)], idsPerChange)) {
      const reply = await this.connections.command(['ZMSCORE', queueKey(queue, 'dead'), ...some]);
      const ticks = reply as (Buffer | null)[];
      const dead = some.filter((_, index) => ticks[index] !== null).slice(0, open);
      open -= dead.length;
      yield dead;
      if (open === 0) return;
    }
  }

  private async *selectAlike(queue: string, filter: DeadFilter, limit: number): AsyncGenerator<readonly string[]> {
    checkFilter(filter);
    let open = limit;
    for (let scan: Scan | undefined; open > 0 && (scan === undefined || scan.next !== undefined);) {
      const { next: cursor, last }: Partial<Scan> = scan ?? {};
      scan = await this.scan(queue, { ...filter, cursor, last, limit: Math.min(open, idsPerChange) });
      open -= scan.matches.length;
      yield scan.matches.map(({ id }) => id);
    }
  }

  private async scan(queue: string, { cursor = '', last = '', limit, ...filter }: ScanRequest): Promise<Scan> {
    const { fingerprint = '', reason, olderThanMs = '', newerThanMs = '' } = filter;
    const letter = reason === undefined ? '' : deadReasonLetters[reason];
    const args = [cursor, last, limit, fingerprint, letter, olderThanMs, newerThanMs];
    const reply = await this.connections.call('admin', queueCall('dead_scan', queue, args));
    const [next = '', lastSeen = '', ...pairs] = (reply as Buffer[]).map(String);
    const matches = chunksOf(pairs, 2).map(([id = '', tick = '']) => ({ id, tick }));
    return { matches, last: lastSeen, ...(next === '' ? {} : { next }) };
  }
}

function checkFilter({ reason, olderThanMs = 0, newerThanMs = 0 }: DeadFilter): void {
  if (reason !== undefined && !Object.hasOwn(deadReasonLetters, reason)) {
    throw invalid('reason', `one of ${Object.keys(deadReasonLetters).join(', ')}`, reason);
  }
  checkInteger('olderThanMs', olderThanMs, 0, limits.maxDeadAgeMs);
  checkInteger('newerThanMs', newerThanMs, 0, limits.maxDeadAgeMs);
}
