import { queueKey, type KeyName } from '../../../app/queue/keys.js';
import { readDeadRecord, readErrors, readHeld, readNotes, readRecord, readTries } from '../../../app/queue/packed.js';
import type { RedisConnections } from '../../../app/redis/index.js';

type Redis = Pick<RedisConnections, 'command'>;

/**
 * Everything that Redis holds of a queue, but for what counts and ticks (`stats`, `meta`) and for times, which no test knows.
 * What is empty is absent.
 */
export async function queueState(redis: Redis, queue: string): Promise<Record<string, unknown>> {
  const hash = (name: KeyName) => readHash(redis, queueKey(queue, name));
  const zset = async (name: KeyName) => (await readZset(redis, queueKey(queue, name))).map(([member]) => member);
  const state = {
    jobs: mapValues(await hash('jobs'), (packed) => readRecord(packed).dataJson),
    ready: await zset('ready'),
    delayed: await zset('delayed'),
    lease: await zset('lease'),
    held: mapValues(await hash('held'), (packed) => readHeld(packed).worker),
    tries: mapValues(await hash('tries'), readTries),
    errors: mapValues(await hash('errors'), (packed) => readErrors(packed).map(({ message }) => message)),
    done: Object.keys({ ...(await hash('done:0')), ...(await hash('done:1')) }),
    results: mapValues({ ...(await hash('result:0')), ...(await hash('result:1')) }, String),
    dead: await zset('dead'),
    deadrec: mapValues(await hash('deadrec'), (packed) => readDeadRecord(packed).reason),
    replays: mapValues(await hash('replays'), (times) => Number(String(times))),
    traits: mapValues(await hash('traits'), (packed) => packed.toString('latin1', 0, 1)),
    slots: (await zset('slots')).map(readSlot),
    lanes: (await zset('lanes')).map(readLane),
    dedupe: Object.keys(await hash('dedupe')),
    expiry: await zset('expiry'),
    mark: await zset('mark'),
    workers: await zset('workers'),
    notes: mapValues(await hash('notes'), readNotes),
    cancels: ((await redis.command(['SMEMBERS', queueKey(queue, 'cancels')])) as Buffer[]).map(String).sort(),
  };
  return Object.fromEntries(Object.entries(state).filter(([, part]) => Object.keys(part).length > 0));
}

/** `key/id`, as tests like to read it. */
const readSlot = (member: string) => member.replace('\0', '/');
/** Likewise; without a key where dedupe keeps the job. */
const readLane = (member: string) => member.replace(/\0(\d{16})?/, '/');

/** Behind the fingerprint and the tick. */
const idOfKind = (member: string) => member.replace(/^\S+ \d+ /, '');

/** What must be true in every state; each violation is a line. */
export async function brokenInvariants(redis: Redis, queue: string): Promise<readonly string[]> {
  const ids = async (name: KeyName) => (await readZset(redis, queueKey(queue, name))).map(([member]) => member);
  const fields = async (name: KeyName) => Object.keys(await readHash(redis, queueKey(queue, name)));
  const leased = await ids('lease');
  const [jobs, held, tries, errors, deadrec, dead] = [
    await fields('jobs'),
    await fields('held'),
    await fields('tries'),
    await fields('errors'),
    await fields('deadrec'),
    await ids('dead'),
  ];
  const inLanes = (await ids('lanes')).map(readLane).map((member) => member.replace(/^.*\//, ''));
  const places = [...(await ids('ready')), ...(await ids('delayed')), ...leased, ...dead, ...inLanes];
  const cancels = ((await redis.command(['SMEMBERS', queueKey(queue, 'cancels')])) as Buffer[]).map(String);
  return [
    ...differences('every job is in exactly one place', places, jobs),
    ...differences('every leased job is held', leased, held),
    ...differences('every dead letter has its record', dead, deadrec),
    ...differences('every dead letter is found by its kind', dead, (await ids('deadkinds')).map(idOfKind)),
    ...[...tries, ...errors, ...(await fields('notes'))]
      .filter((id) => !jobs.includes(id))
      .map((id) => `${id} is gone and still has a story`),
    ...cancels.filter((id) => !leased.includes(id)).map((id) => `${id} is marked as cancelled and not leased`),
    ...(await brokenLanes(redis, queue)),
    ...doneTwice(await fields('done:0'), await fields('done:1'), jobs),
  ];
}

/** Letters of functions/traits.lua. */
async function brokenLanes(redis: Redis, queue: string): Promise<readonly string[]> {
  const traits = Object.entries(await readHash(redis, queueKey(queue, 'traits'))).map(([id, packed]) => ({
    id,
    state: packed.toString('latin1', 0, 1),
    key: packed.toString('utf8', 10, 10 + packed.readUInt8(9)),
  }));
  const jobs = Object.keys(await readHash(redis, queueKey(queue, 'jobs')));
  const members = async (name: KeyName) => (await readZset(redis, queueKey(queue, name))).map(([member]) => member);
  const of = (...states: string[]) => traits.filter(({ state }) => states.includes(state));
  const names = (some: typeof traits) => some.map(({ id, key }) => `${key}/${id}`);
  return [
    ...differences(
      'traits are of jobs',
      traits.filter(({ id }) => !jobs.includes(id)).map(({ id }) => id),
      [],
    ),
    ...differences(
      'who has a slot is in line',
      (await members('slots')).map(readSlot),
      names(of('l').filter(({ key }) => key !== '')),
    ),
    ...differences('who has none waits in a lane', (await members('lanes')).map(readLane), [
      ...names(of('b')),
      ...of('k').map(({ id }) => `/${id}`),
    ]),
  ];
}

function differences(rule: string, actual: readonly string[], expected: readonly string[]): readonly string[] {
  const [a, b] = [[...actual].sort().join(), [...expected].sort().join()];
  return a === b ? [] : [`Expected that ${rule}: ${a} against ${b}`];
}

function doneTwice(done0: readonly string[], done1: readonly string[], jobs: readonly string[]): readonly string[] {
  return [...done0, ...done1].filter((id) => jobs.includes(id)).map((id) => `${id} is done and still there`);
}

/** What was changed behind the back of the functions is seen by them then; see functions/meta.lua. */
export async function forgetHints(redis: Redis, queue: string): Promise<void> {
  await redis.command(['HDEL', queueKey(queue, 'meta'), 'hints']);
}

/** The last tick and the last place that the queue has given, as functions/meta.lua packs them. */
export async function setClocks(redis: Redis, queue: string, tick: number, place: number): Promise<void> {
  const books = Buffer.alloc(73);
  books.writeBigUInt64BE(BigInt(tick) << 8n, 0);
  books.writeBigUInt64BE(BigInt(place) << 8n, 7);
  await redis.command(['HSET', queueKey(queue, 'meta'), 'books', books]);
}

/** Members and scores, in the order of the scores. */
export async function readZset(redis: Redis, key: string): Promise<readonly (readonly [string, number])[]> {
  const flat = (await redis.command(['ZRANGE', key, 0, -1, 'WITHSCORES'])) as Buffer[];
  return pairs(flat).map(([member, score]) => [String(member), Number(String(score))]);
}

export async function readHash(redis: Redis, key: string): Promise<Readonly<Record<string, Buffer>>> {
  const flat = (await redis.command(['HGETALL', key])) as Buffer[];
  return Object.fromEntries(pairs(flat).map(([field, value]) => [String(field), value]));
}

function pairs<T>(flat: readonly T[]): (readonly [T, T])[] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at], flat[2 * at + 1]] as [T, T]);
}

function mapValues<T>(values: Readonly<Record<string, Buffer>>, map: (packed: Buffer) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([id, packed]) => [id, map(packed)]));
}
