import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { Api } from '../../../app/commands/api.js';
import type { Nodes } from '../../../app/commands/drill/cluster-nodes.js';
import { drill, judge } from '../../../app/commands/drill/drill.js';
import { startHighAvailability, type HighAvailability } from '../support/high-availability.js';
import { startMoorline } from '../support/moorline-process.js';

const { MOORLINE_URL: before } = process.env;
afterEach(() => {
  if (before === undefined) delete process.env['MOORLINE_URL'];
  else process.env['MOORLINE_URL'] = before;
});

/** The data nodes as Kubernetes would show them: a new pod under the same name once one was stopped. */
function podsOf(ha: HighAvailability): Nodes {
  const uids = new Map(ha.nodes.map(({ address }) => [address, randomUUID()]));
  return {
    read: async () => {
      const primary = await ha.primary();
      return ha.nodes.map(({ address: name }) => ({
        name,
        uid: uids.get(name) ?? '',
        isPrimary: name === primary.address,
        isReady: true,
      }));
    },
    stop: async (name) => {
      const [sentinel] = ha.sentinels;
      await sentinel?.cli('SENTINEL', 'FAILOVER', ha.primaryName);
      uids.set(name, randomUUID());
    },
  };
}

test('a primary that hands over while jobs are handed in costs none of them, and the drill says so', async () => {
  const ha = await startHighAvailability();
  const gateway = await startMoorline('gateway', { REDIS_URI: ha.uri });
  process.env['MOORLINE_URL'] = gateway.url;
  const from = (await ha.primary()).address;
  const steps: string[] = [];
  const result = await drill({
    api: new Api(),
    nodes: podsOf(ha),
    queue: 'drill',
    timeoutMs: 60_000,
    onStep: (text) => steps.push(text),
  });
  expect(result).toMatchObject({ from, to: (await ha.primary()).address, lost: 0 });
  expect(result.to).not.toBe(from);
  expect(result.acknowledged).toBeGreaterThanOrEqual(40);
  expect(steps.at(-1)).toContain(' 0 lost');
}, 120_000);

test('a drill does not begin where nobody is labelled as primary', async () => {
  const node = { name: 'redis-0', uid: 'one', isPrimary: false, isReady: true };
  const begun = drill({
    api: new Api(),
    nodes: { read: () => Promise.resolve([node]), stop: () => Promise.reject(new Error('stopped')) },
    queue: 'drill',
    timeoutMs: 1_000,
    onStep: () => undefined,
  });
  await expect(begun).rejects.toThrow('one of them labelled as primary by the agent; got redis-0 (no primary, ready)');
});

test('what is lost fails the drill', () => {
  const fine = { from: 'a', to: 'b', acknowledged: 50, failedCalls: 1, longestStallMs: 900 };
  expect(() => {
    judge({ ...fine, lost: 0 });
  }).not.toThrow();
  expect(() => {
    judge({ ...fine, lost: 2 });
  }).toThrow('Lost: 2 of 50 jobs that were acknowledged are not in the queue');
});
