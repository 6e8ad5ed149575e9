import type { DeadPage, DeadPageRequest, QueueCounts } from '../types.js';
import { invalid } from '../validate.js';

/** One queue's counts of those of its shards. */
export function joinCounts(queue: string, parts: readonly QueueCounts[]): QueueCounts {
  const sum = (value: (part: QueueCounts) => number) => parts.reduce((total, part) => total + value(part), 0);
  return {
    queue,
    ready: sum(({ ready }) => ready),
    delayed: sum(({ delayed }) => delayed),
    leased: sum(({ leased }) => leased),
    dead: sum(({ dead }) => dead),
    blocked: sum(({ blocked }) => blocked),
    oldestReadyMs: Math.max(...parts.map(({ oldestReadyMs }) => oldestReadyMs)),
    paused: parts.some(({ paused }) => paused),
    draining: parts.some(({ draining }) => draining),
    rates: sumFields(parts.map(({ rates }) => rates)),
    totals: sumFields(parts.map(({ totals }) => totals)),
  };
}

/** Numbers, and objects of them. */
interface Sums {
  readonly [name: string]: number | Sums;
}

/** Field by field; the parts are alike. */
export function sumFields<T extends object>(parts: readonly T[]): T {
  const [first = {}] = parts as readonly Sums[];
  const fields = Object.keys(first).map((name) => {
    const values = (parts as readonly Sums[]).map((part) => part[name]);
    const numbers = values.filter((value) => typeof value === 'number');
    const inner = values.filter((value) => typeof value === 'object');
    return [name, inner.length > 0 ? sumFields(inner) : numbers.reduce((total, value) => total + value, 0)];
  });
  return Object.fromEntries(fields) as T;
}

/** What is asked of each shard for one page of all; shards that have told everything are not in it. */
export function splitPage(request: DeadPageRequest, shards: number): ReadonlyMap<number, DeadPageRequest> {
  const positions = readCursor(request.cursor, shards);
  // A page has room for so many: the others come with the next one.
  const asked = [...positions].slice(0, request.limit);
  const limit = Math.floor(request.limit / Math.max(1, asked.length));
  return new Map(asked.map(([shard, cursor]) => [shard, { ...request, cursor, limit }]));
}

/** In the order of the deaths, within the page. Its cursor has one position for each shard that has more. */
export function joinPages(request: DeadPageRequest, shards: number, pages: ReadonlyMap<number, DeadPage>): DeadPage {
  const positions = [...readCursor(request.cursor, shards)].flatMap(([shard, before]) => {
    const page = pages.get(shard);
    const cursor = page === undefined ? before : page.cursor;
    return cursor === undefined ? [] : [`${shard}-${cursor}`];
  });
  const jobs = [...pages.values()].flatMap((page) => page.jobs).sort((one, other) => one.diedAt - other.diedAt);
  return { jobs, ...(positions.length === 0 ? {} : { cursor: positions.join('_') }) };
}

const cursorPattern = /^\d{1,2}-\d{1,16}(_\d{1,2}-\d{1,16})*$/;

/** Shard by shard the position to go on from. */
function readCursor(cursor: string | undefined, shards: number): ReadonlyMap<number, string> {
  if (cursor === undefined) return new Map(Array.from({ length: shards }, (_, shard) => [shard, '0']));
  if (!cursorPattern.test(cursor)) throw invalid('cursor', 'one that a page of this queue answered', cursor);
  const positions = cursor.split('_').map((position) => position.split('-').map(String));
  return new Map(positions.map(([shard = '', at = '']) => [Number(shard), at]));
}
