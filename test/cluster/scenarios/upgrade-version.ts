import { whyNoPreviousVersion, withPreviousVersion } from '../support/previous-version.js';
import { currentVersion } from '../support/release.js';
import { standingSettings } from '../stage.js';
import { planned, type Scenario } from './scenario.js';

export const upgradeVersion: Scenario = {
  name: 'upgrade-version',
  title: 'an earlier version of chart and application becomes this one, goes back, and becomes this one again',
  bound: planned,
  whyNot: whyNoPreviousVersion,
  run: (stage) =>
    withPreviousVersion(async (previous) => {
      const release = await stage.another();
      release.version = previous;
      await release.install(...standingSettings);
      release.version = currentVersion;
      await stage.underLoad(release, () => release.upgrade(...standingSettings));
      await stage.underLoad(release, async () => {
        await release.helm('rollback', release.name, '1', '--wait', '--timeout', '5m');
      });
      await stage.underLoad(release, () => release.upgrade(...standingSettings));
    }),
};
