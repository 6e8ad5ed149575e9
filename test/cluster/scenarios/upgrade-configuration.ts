import { standingSettings } from '../stage.js';
import { planned, type Scenario } from './scenario.js';

/** Rolls every pod of Redis, Sentinel, gateway and worker. */
export const newConfiguration = [
  'redis.replBacklogMegabytes=80',
  'sentinel.failoverTimeoutMs=31000',
  'gateway.logLevel=warn',
  'worker.logLevel=warn',
];

export const upgradeConfiguration: Scenario = {
  name: 'upgrade-configuration',
  title: 'helm upgrade that changes the configuration of everything',
  bound: planned,
  async run(stage) {
    const release = await stage.release();
    await stage.underLoad(release, () => release.upgrade(...standingSettings, ...newConfiguration));
    await stage.underLoad(release, () => release.upgrade(...standingSettings));
  },
};
