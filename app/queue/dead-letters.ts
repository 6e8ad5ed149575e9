import type { RedisConnections } from '../redis/types.js';
import { chunksOf } from './chunks.js';
import { DeadAudit, type DeadProgress } from './dead-audit.js';
import { DeadScans, type Match } from './dead-scan.js';
import { queueCall } from './library.js';
import { limits } from './limits.js';
import { readDeadRecord, readErrors, readNotes, readRecord, readTries } from './packed.js';
import { tickToMs } from './ticks.js';
import type {
  DeadAuditEntry,
  DeadGroup,
  DeadGroups,
  DeadJob,
  DeadOptions,
  DeadPage,
  DeadPageRequest,
  DeadPurged,
  DeadReplayed,
  DeadSelection,
} from './types.js';
import { checkInteger, checkRate, invalid } from './validate.js';

const idsPerRead = 10;
const groupsPerRead = 20;
/** A page ends early when its jobs weigh so much. */
const maxPageBytes = 4 * 1024 * 1024;
const shownRefused = 100;

/** Does something to at most 50 dead letters, and notes what came of it. */
type Change = (ids: readonly string[], progress: DeadProgress) => Promise<void>;

/** Dead letters and what people do with them: in chunks, so that no number of them blocks Redis. */
export class DeadLetters {
  private readonly scans: DeadScans;
  private readonly log: DeadAudit;

  constructor(private readonly connections: Pick<RedisConnections, 'call' | 'command'>) {
    this.scans = new DeadScans(connections);
    this.log = new DeadAudit(connections);
  }

  /** In the order of their deaths. */
  async page(queue: string, request: DeadPageRequest): Promise<DeadPage> {
    checkInteger('limit', request.limit, 1, limits.maxDeadPage);
    checkCursor(request.cursor);
    const { matches, next } = await this.scans.page(queue, request);
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

  /** The largest first. */
  async groups(queue: string, limit: number): Promise<DeadGroups> {
    checkInteger('limit', limit, 1, limits.maxDeadGroups);
    const groups: DeadGroup[] = [];
    let after: string | undefined = '';
    while (after !== undefined && groups.length < limits.maxDeadGroups) {
      const reply = await this.connections.call('admin', queueCall('dead_groups', queue, [after, groupsPerRead]));
      const [next, ...parts] = reply as [Buffer, ...(Buffer | number)[]];
      groups.push(...chunksOf(parts, 6).map(deadGroup));
      after = next.length === 0 ? undefined : String(next);
    }
    const largestFirst = groups.sort((a, b) => b.count - a.count);
    return { groups: largestFirst.slice(0, limit), more: after !== undefined || groups.length > limit };
  }

  audit(queue: string, limit: number): Promise<readonly DeadAuditEntry[]> {
    return this.log.read(queue, limit);
  }

  /** They start anew. With a rate they are spread over time as delayed jobs, so that the request itself is quick. */
  async replay(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadReplayed> {
    const { ratePerSecond } = options;
    if (ratePerSecond !== undefined) checkRate('ratePerSecond', ratePerSecond);
    const stepMs = ratePerSecond === undefined ? 0 : 1000 / ratePerSecond;
    const replaySome: Change = async (ids, progress) => {
      const args = [progress.changed * stepMs, stepMs, ...ids];
      const reply = await this.connections.call('admin', queueCall('dead_replay', queue, args));
      const [replayed, ...refused] = reply as [number, ...Buffer[]];
      progress.changed += replayed;
      progress.refused.push(...refused.map(String));
    };
    const { matched, changed, refused } = await this.change(queue, 'replay', selection, options, replaySome);
    return {
      matched,
      replayed: changed,
      ...(refused.length === 0 ? {} : { refused: refused.slice(0, shownRefused) }),
    };
  }

  /** They are gone for good; their ids may be used again. */
  async purge(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadPurged> {
    const purgeSome: Change = async (ids, progress) => {
      progress.changed += Number(await this.connections.call('admin', queueCall('dead_purge', queue, ids)));
    };
    const { matched, changed } = await this.change(queue, 'purge', selection, options, purgeSome);
    return { matched, purged: changed };
  }

  private change(
    queue: string,
    action: DeadAuditEntry['action'],
    selection: DeadSelection,
    options: DeadOptions,
    change: Change,
  ): Promise<DeadProgress> {
    const { limit = limits.maxDeadSelection, dryRun = false } = options;
    checkInteger('limit', limit, 1, limits.maxDeadSelection);
    return this.log.record(queue, action, selection, options, async (progress) => {
      for await (const ids of this.scans.select(queue, selection, limit)) {
        progress.matched += ids.length;
        if (!dryRun && ids.length > 0) await change(ids, progress);
      }
    });
  }

  private async read(queue: string, matches: readonly Match[]): Promise<readonly DeadJob[]> {
    const ids = matches.map(({ id }) => id);
    const reply = (await this.connections.call('admin', queueCall('dead_read', queue, ids))) as Buffer[];
    return chunksOf(reply, 8).map(deadJob);
  }
}

function deadJob([id, tick, deadRecord, tries, errors, record, notes, replays]: readonly Buffer[]): DeadJob {
  const none = Buffer.alloc(0);
  const { reason, fingerprint } = readDeadRecord(deadRecord ?? none);
  const { priority, enqueuedAt, key, dataJson } = readRecord(record ?? none);
  return {
    id: String(id),
    fingerprint,
    reason,
    errors: readErrors(errors ?? none),
    ...readTries(tries ?? none),
    replays: Number(String(replays)),
    priority,
    enqueuedAt,
    diedAt: tickToMs(String(tick)),
    ...(key === undefined ? {} : { key }),
    dataJson,
    ...readNotes(notes ?? none),
  };
}

function deadGroup([fingerprint, count, first, last, id, errors]: readonly (Buffer | number)[]): DeadGroup {
  const error = readErrors(errors as Buffer).at(-1);
  return {
    fingerprint: String(fingerprint),
    count: Number(count),
    firstDiedAt: tickToMs(String(first)),
    lastDiedAt: tickToMs(String(last)),
    sample: { id: String(id), ...(error === undefined ? {} : { error }) },
  };
}

function tickBefore(matches: readonly Match[], chunk: readonly Match[]): string {
  const [first] = chunk;
  return matches[matches.findIndex((match) => match === first) - 1]?.tick ?? '0';
}

function checkCursor(cursor: string | undefined): void {
  if (cursor !== undefined && !/^\d{1,16}$/.test(cursor)) throw invalid('cursor', 'one that a page answered', cursor);
}
