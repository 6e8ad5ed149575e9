import { planned, type Scenario } from './scenario.js';

export const deletePrimary: Scenario = {
  name: 'delete-primary',
  title: 'the pod of the primary is deleted',
  bound: planned,
  isQuick: true,
  async run(stage) {
    const release = await stage.release();
    await stage.underLoad(release, async () => {
      await release.kubectl('delete', await release.primary(), '--wait=true', '--timeout=90s');
    });
  },
};
