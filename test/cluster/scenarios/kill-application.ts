import type { Scenario } from './scenario.js';

export const killApplication: Scenario = {
  name: 'kill-application',
  title: 'kill -9 of all gateways, workers and agents at once',
  bound: { stallMs: 15_000 },
  async run(stage) {
    const release = await stage.release();
    const hands = await stage.hands();
    await stage.underLoad(
      release,
      async () => {
        const pods = await Promise.all(['gateway', 'worker', 'agent'].map((component) => release.pods(component)));
        await hands.signal(release, pods.flat(), 'KILL');
      },
      { mayRestart: true },
    );
  },
};
