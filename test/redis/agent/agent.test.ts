import { beforeAll, expect, test } from '@jest/globals';
import { startHighAvailability, type HighAvailability } from '../support/high-availability.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';
import type { ReleaseInMemory } from './release-in-memory.js';
import { watchOver } from './watched-release.js';

// Everything may take its time on a busy machine.
const patience = { deadlineMs: 90_000 };

let set: HighAvailability;
/** One that no Sentinel knows: nobody but the agent would ever demote it. */
let unknown: RedisServer;
let release: ReleaseInMemory;

beforeAll(async () => {
  [set, unknown] = await Promise.all([startHighAvailability({ downAfterMs: 2_000 }), startRedis()]);
  // As often as in a pod.
  for (const sentinel of set.sentinels) await sentinel.cli('SENTINEL', 'DEBUG', 'info-period', '1000');
  // It may become a replica, and nothing more.
  await unknown.cli('CONFIG', 'SET', 'replica-priority', '0');
  release = watchOver(set, [...set.nodes, unknown]);
  await waitFor('a primary is recorded', () => release.written, patience);
}, 120_000);

test('a primary that the Sentinels do not name is demoted after its time, and nobody else', async () => {
  const primary = await set.primary();
  await waitFor('it follows', async () => (await linesOf(unknown, 'ROLE'))[2] === String(primary.port), patience);
  expect(release.told('Demoted')).toEqual(['redis-3']);
  expect(release.told('Promoted')).toEqual([]);
  await waitFor('it is labelled', () => release.labels[3] === 'replica', patience);
}, 120_000);

test('labels and record follow a failover', async () => {
  const before = await set.primary();
  await waitFor(
    'a failover can begin',
    async () => (await set.sentinels[0]?.cli('SENTINEL', 'FAILOVER', set.primaryName).catch(() => '')) === 'OK',
    patience,
  );
  const after = await waitFor(
    'another primary',
    async () => {
      const primary = await set.primary();
      return primary !== before && primary;
    },
    patience,
  );
  const name = `redis-${set.nodes.indexOf(after)}`;
  await waitFor('the record names it', () => release.written?.primary === name, patience);
  expect(release.written?.epoch).toBeGreaterThan(0);
  const expected = [...set.nodes, unknown].map((node) => (node === after ? 'primary' : 'replica'));
  await waitFor('all labels', () => release.labels.join() === expected.join(), patience);
  expect(release.told('BecamePrimary').at(-1)).toBe(name);
}, 120_000);

test('each Sentinel forgets a replica that is gone, one after the other, and finds all the others again', async () => {
  const guest = await startRedis();
  await guest.cli('CONFIG', 'SET', 'replica-priority', '0');
  await guest.cli('REPLICAOF', '127.0.0.1', String((await set.primary()).port));
  const knows = async (sentinel: RedisServer, { port }: RedisServer) =>
    (await sentinel.cli('SENTINEL', 'REPLICAS', set.primaryName)).split('\n').includes(`127.0.0.1:${port}`);
  for (const sentinel of set.sentinels) await waitFor('it knows the guest', () => knows(sentinel, guest), patience);
  await guest.stop();
  for (const sentinel of set.sentinels) {
    await waitFor('it has forgotten the guest', async () => !(await knows(sentinel, guest)), patience);
  }
  for (const sentinel of set.sentinels) {
    await waitFor(
      'it has found everybody',
      async () => {
        const known = await linesOf(sentinel, 'SENTINEL', 'MASTER', set.primaryName);
        const count = (field: string) => known[known.indexOf(field) + 1];
        return count('num-slaves') === '3' && count('num-other-sentinels') === '2';
      },
      patience,
    );
  }
  expect(release.told('SentinelReset')).toHaveLength(3);
}, 180_000);

const linesOf = async (server: RedisServer, ...command: string[]): Promise<string[]> =>
  (await server.cli(...command)).split('\n');
