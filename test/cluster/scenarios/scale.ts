import { standingSettings } from '../stage.js';
import { planned, type Scenario } from './scenario.js';

export const scaleRedis: Scenario = {
  name: 'scale-redis',
  title: 'Redis from 3 to 5 nodes and back',
  bound: planned,
  async run(stage) {
    const release = await stage.release();
    await stage.underLoad(release, () => release.upgrade(...standingSettings, 'redis.replicas=5'));
    await stage.underLoad(release, () => release.upgrade(...standingSettings));
  },
};

export const scaleWorkers: Scenario = {
  name: 'scale-workers',
  title: 'workers from 1 to 4 and back to 1',
  bound: planned,
  async run(stage) {
    const release = await stage.release();
    const workers = (count: number): Promise<void> => release.upgrade(...standingSettings, `worker.replicas=${count}`);
    await workers(1);
    await stage.underLoad(release, async () => {
      await workers(4);
      await workers(1);
    });
    await release.upgrade(...standingSettings);
  },
};
