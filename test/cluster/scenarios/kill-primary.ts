import type { Scenario } from './scenario.js';

export const killPrimary: Scenario = {
  name: 'kill-primary',
  title: 'kill -9 of the process of the primary',
  bound: { stallMs: 2000 },
  isQuick: true,
  async run(stage) {
    const release = await stage.release();
    const hands = await stage.hands();
    await stage.underLoad(release, async () => {
      await hands.signal(release, [await release.primary()], 'KILL');
    });
  },
};
