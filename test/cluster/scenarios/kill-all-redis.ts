import type { Scenario } from './scenario.js';

export const killAllRedis: Scenario = {
  name: 'kill-all-redis',
  title: 'kill -9 of all Redis processes at once',
  bound: { stallMs: 60_000 },
  async run(stage) {
    const release = await stage.release();
    const hands = await stage.hands();
    await stage.underLoad(release, async () => {
      await hands.signal(release, await release.pods('redis'), 'KILL');
    });
  },
};
