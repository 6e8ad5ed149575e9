import type { TestRelease } from '../support/release.js';
import type { Bound, Scenario } from './scenario.js';

/** Nobody can be served meanwhile. */
const outage: Bound = { stallMs: 60_000 };

const selectorOf = (release: TestRelease, component?: string): string =>
  [
    `app.kubernetes.io/instance=${release.name}`,
    ...(component === undefined ? [] : [`app.kubernetes.io/component=${component}`]),
  ].join(',');

export const deleteAllRedis: Scenario = {
  name: 'delete-all-redis',
  title: 'all pods of Redis are deleted at once',
  bound: outage,
  async run(stage) {
    const release = await stage.release();
    await stage.underLoad(release, async () => {
      await release.kubectl('delete', 'pods', '-l', selectorOf(release, 'redis'), '--timeout=110s');
    });
  },
};

export const deleteAllSentinels: Scenario = {
  name: 'delete-all-sentinels',
  title: 'all Sentinels are deleted at once',
  bound: { stallMs: 1000, clientErrors: 0 },
  isQuick: true,
  async run(stage) {
    const release = await stage.release();
    await stage.underLoad(release, async () => {
      await release.kubectl('delete', 'pods', '-l', selectorOf(release, 'sentinel'), '--timeout=110s');
    });
  },
};

export const coldStart: Scenario = {
  name: 'cold-start',
  title: 'every pod of the release is deleted at once, without any time to stop',
  bound: outage,
  async run(stage) {
    const release = await stage.release();
    await stage.underLoad(release, async () => {
      const atOnce = ['--force', '--grace-period=0', '--timeout=110s'];
      await release.kubectl('delete', 'pods', '-l', selectorOf(release), ...atOnce);
    });
  },
};
