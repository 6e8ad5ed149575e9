import { standingSettings } from '../stage.js';
import { planned, type Scenario } from './scenario.js';
import { newConfiguration } from './upgrade-configuration.js';

export const rollbackConfiguration: Scenario = {
  name: 'rollback-configuration',
  title: 'helm rollback of a changed configuration',
  bound: planned,
  async run(stage) {
    const release = await stage.another();
    await release.install(...standingSettings);
    await release.upgrade(...standingSettings, ...newConfiguration);
    await stage.underLoad(release, async () => {
      await release.helm('rollback', release.name, '1', '--wait', '--timeout', '5m');
    });
  },
};
