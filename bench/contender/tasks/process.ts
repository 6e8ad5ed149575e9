import { waitFor } from '../../../test/redis/support/wait-for.js';
import type { Contender } from '../contender.js';
import { fill } from '../fill.js';
import { perJob, type Meter } from '../meter.js';
import type { ProcessTask } from '../task.js';
import type { Figures } from '../../types.js';

/** Measures from the last job of the warm-up to the last of all, in the middle of the work: no start and no end of a worker. */
export async function processJobs(task: ProcessTask, contender: Contender, meter: Meter): Promise<Figures> {
  const total = task.warmUp + task.jobs;
  await fill(contender, 'bench', total);
  let handled = 0;
  const milestones = new Map<number, () => void>();
  const reached = (count: number): Promise<void> => new Promise((resolve) => milestones.set(count, resolve));
  const warm = reached(task.warmUp).then(async () => ({ from: await meter.read(), before: handled }));
  const through = reached(total);
  await contender.work(['bench'], task.concurrency, () => {
    handled += 1;
    milestones.get(handled)?.();
  });
  const { from, before } = await warm;
  await through;
  const to = await meter.read();
  await waitFor('all jobs are settled', async () => (await contender.counts('bench')).open === 0);
  return perJob(total - before, from, to);
}
