import { standingSettings } from '../stage.js';
import { planned, type Scenario } from './scenario.js';

const image = (tag: string): string[] => [...standingSettings, `redis.image.tag=${tag}`];

export const upgradeRedis: Scenario = {
  name: 'upgrade-redis',
  title: 'Redis 7.0 becomes 8.0',
  bound: planned,
  async run(stage) {
    const release = await stage.another();
    await release.install(...image('7.0'));
    await stage.underLoad(release, () => release.upgrade(...image('8.0')));
  },
};
