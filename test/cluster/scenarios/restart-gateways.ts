import { planned, type Scenario } from './scenario.js';

export const restartGateways: Scenario = {
  name: 'restart-gateways',
  title: 'a rolling restart of the gateways',
  bound: planned,
  isQuick: true,
  async run(stage) {
    const release = await stage.release();
    const deployment = `deployment/${release.fullname}-gateway`;
    await stage.underLoad(release, async () => {
      await release.kubectl('rollout', 'restart', deployment);
      await release.kubectl('rollout', 'status', deployment, '--timeout=110s');
    });
  },
};
