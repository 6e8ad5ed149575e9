import { jobData, type Contender } from '../contender.js';
import { fill } from '../fill.js';
import type { ItemsTask } from '../task.js';
import type { Figures } from '../../types.js';

export async function items({ jobs }: ItemsTask, contender: Contender): Promise<Figures> {
  await fill(contender, 'warm', jobs / 5);
  const data = Array.from({ length: jobs }, (_, at) => jobData(at));
  const fromMs = performance.now();
  await contender.addMany('bench', data);
  const seconds = (performance.now() - fromMs) / 1000;
  return { seconds, lost: jobs - (await contender.counts('bench')).open };
}
