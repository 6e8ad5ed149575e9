import { standingSettings } from '../stage.js';
import { settled } from '../state/observe.js';
import { TestRelease } from '../support/release.js';
import { planned, type Scenario } from './scenario.js';

const wholeMs = 300_000;

export const twoReleases: Scenario = {
  name: 'two-releases',
  title: 'beside a release another one comes into its namespace, fails over, and goes',
  bound: { ...planned, stallMs: 1500 },
  async run(stage) {
    const release = await stage.release();
    await stage.underLoad(release, async () => {
      const guest = new TestRelease('guest', release.namespace);
      await guest.install(...standingSettings);
      await guest.kubectl('delete', await guest.primary(), '--timeout=90s');
      await settled(guest, wholeMs);
      await guest.leave();
    });
  },
};
