import { standingSettings } from '../stage.js';
import type { Scenario } from './scenario.js';

const jobs = Array.from({ length: 500 }, (_, n) => ({ id: `kept-${n}`, data: n }));

export const reinstall: Scenario = {
  name: 'reinstall',
  title: 'the release is uninstalled, and installed again on the volumes that it left',
  bound: {},
  async run(stage) {
    const release = await stage.another();
    await release.install(...standingSettings);
    await release.gateway(async (request) => {
      const { status } = await request('POST', '/api/v1/queues/kept/jobs', { jobs });
      if (status !== 202) throw new Error(`expected the jobs to be accepted, got ${status}`);
    });
    await release.leave({ keepVolumes: true });
    await release.install(...standingSettings);
    await stage.underLoad(release, () => stage.expectJobs(release, 'kept', jobs));
  },
};
