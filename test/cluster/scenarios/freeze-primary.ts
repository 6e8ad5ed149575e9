import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from './scenario.js';

/** Longer than it takes to be replaced. */
const frozenMs = 9000;

export const freezePrimary: Scenario = {
  name: 'freeze-primary',
  title: 'the primary stands still for 9 s (SIGSTOP)',
  bound: { stallMs: 6000 },
  isQuick: true,
  async run(stage) {
    const release = await stage.release();
    const hands = await stage.hands();
    await stage.underLoad(release, async () => {
      const primary = await release.primary();
      await hands.signal(release, [primary], 'STOP');
      await sleep(frozenMs);
      await hands.signal(release, [primary], 'CONT');
    });
  },
};
