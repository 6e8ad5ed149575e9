import { drain, schedulableNodes } from '../faults/nodes.js';
import { eventually } from '../support/tools.js';
import { settled } from '../state/observe.js';
import { planned, type Scenario } from './scenario.js';

const wholeMs = 300_000;

export const drainNodes: Scenario = {
  name: 'drain-nodes',
  title: 'every node is drained in turn',
  bound: planned,
  async whyNot() {
    return (await schedulableNodes()).length >= 3 ? undefined : 'needs three nodes';
  },
  async run(stage) {
    const release = await stage.release();
    await stage.underLoad(release, async () => {
      for (const node of await schedulableNodes()) {
        stage.step(`draining ${node}`);
        await drain(release, node, async () => {
          // The pods of Redis and Sentinel may have to wait for their volumes; those of the application need not.
          for (const component of ['gateway', 'worker']) {
            await eventually(`every ${component} elsewhere`, wholeMs, () => release.isRolledOut(component));
          }
        });
        await settled(release, wholeMs);
      }
    });
  },
};
