import { expect, test } from '@jest/globals';
import { startHighAvailability } from '../support/high-availability.js';
import { waitFor } from '../support/wait-for.js';
import { watchOver } from './watched-release.js';

const patience = { deadlineMs: 120_000 };

test('where everybody is a replica, one with the data becomes the primary, not the empty one that the Sentinels name', async () => {
  const set = await startHighAvailability();
  const release = watchOver(set, set.nodes);
  const [former, second] = set.nodes as [(typeof set.nodes)[0], (typeof set.nodes)[0]];
  await waitFor('a primary is recorded', () => release.written?.primary === 'redis-0', patience);
  await former.cli('SET', 'key', 'value');
  await former.cli('WAIT', '2', '5000');

  // What a wrong start script does: the primary crashes and comes back as a replica, here without its data.
  await former.cli('REPLICAOF', '127.0.0.1', String(second.port));
  await former.cli('CONFIG', 'REWRITE');
  await former.kill();
  await former.start();

  // By themselves the Sentinels begin after 24 s, if ever; the agent after 12 s.
  await waitFor('a primary again', () => release.told('Promoted').length > 0, patience);
  expect(release.told('Promoted')).not.toContain('redis-0');
  // From here on the Sentinels see for themselves; in a pod they look as often from the start.
  for (const sentinel of set.sentinels) await sentinel.cli('SENTINEL', 'DEBUG', 'info-period', '1000');
  const primary = await waitFor(
    'the Sentinels name another one',
    async () => {
      const named = await set.primary();
      return named !== former && named;
    },
    patience,
  );
  const name = `redis-${set.nodes.indexOf(primary)}`;
  await waitFor(
    'it is recorded and labelled',
    () => release.written?.primary === name && release.labels.includes('primary'),
    patience,
  );
  expect(release.labels.indexOf('primary')).toBe(set.nodes.indexOf(primary));
  for (const node of set.nodes) {
    await waitFor('every node has the data', async () => (await node.cli('GET', 'key')) === 'value', patience);
  }
}, 300_000);
