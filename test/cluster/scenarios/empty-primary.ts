import type { Scenario } from './scenario.js';

export const emptyPrimary: Scenario = {
  name: 'empty-primary',
  title: 'kill -9 of the primary, whose volume comes back empty',
  bound: { stallMs: 4000 },
  isQuick: true,
  async run(stage) {
    const release = await stage.release();
    const hands = await stage.hands();
    await stage.underLoad(release, async () => {
      const primary = await release.primary();
      // A stopped process cannot write again what was removed.
      await hands.signal(release, [primary], 'STOP');
      await hands.emptyVolume(release, primary);
      await hands.signal(release, [primary], 'KILL');
    });
  },
};
