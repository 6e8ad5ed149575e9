import { waitFor } from '../../../test/redis/support/wait-for.js';
import { jobData, type Contender } from '../contender.js';
import type { BombardmentTask } from '../task.js';
import type { Figures } from '../../types.js';

const doneDeadlineMs = 120_000;

export async function bombardment({ jobs, invalid }: BombardmentTask, contender: Contender): Promise<Figures> {
  const every = jobs / invalid;
  const data = Array.from({ length: jobs }, (_, at) => jobData(at, 0, at % every !== 0));
  let valid = 0;
  const fromMs = performance.now();
  const sinceStart = (): number => (performance.now() - fromMs) / 1000;
  await contender.addMany('bench', data);
  const seconds = sinceStart();
  await contender.work(['bench'], 100, ({ isValid }) => {
    if (!isValid) throw Object.assign(new Error('no such track'), { retry: false });
    valid += 1;
  });
  const isDone = async (): Promise<boolean> => (await contender.counts('bench')).open === 0;
  await waitFor('all jobs are done or dead', isDone, { deadlineMs: doneDeadlineMs });
  const doneSeconds = sinceStart();
  const { dead } = await contender.counts('bench');
  return { seconds, doneSeconds, dead, lost: jobs - valid - dead };
}
