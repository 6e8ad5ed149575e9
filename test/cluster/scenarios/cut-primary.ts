import { setTimeout as sleep } from 'node:timers/promises';
import { cut, cutNodeCommand, healNodeCommand, nodeOf } from '../faults/nodes.js';
import type { Scenario } from './scenario.js';

/** Long enough to be taken for lost by the cluster too. */
const cutMs = 40_000;

export const cutPrimary: Scenario = {
  name: 'cut-primary',
  title: "the primary's node is off the network for 40 s",
  bound: { stallMs: 6000 },
  whyNot: () =>
    cutNodeCommand === undefined || healNodeCommand === undefined
      ? 'needs E2E_CUT_NODE and E2E_HEAL_NODE, programs that take the name of a node'
      : undefined,
  async run(stage) {
    const release = await stage.release();
    await stage.underLoad(
      release,
      async (load) => {
        const node = await nodeOf(release, await release.primary());
        load.victims.add(node);
        await cut(node, async () => {
          await sleep(cutMs);
        });
      },
      { mayRestart: true },
    );
  },
};
