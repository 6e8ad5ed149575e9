import { jobData, type Contender } from '../contender.js';
import { perJob, type Meter } from '../meter.js';
import type { AddTask } from '../task.js';
import type { Figures } from '../../types.js';

export async function add(task: AddTask, contender: Contender, meter: Meter): Promise<Figures> {
  await addAll(contender, 'warm', task.warmUp, task);
  const from = await meter.read();
  await addAll(contender, 'bench', task.jobs, task);
  const figures = perJob(task.jobs, from, await meter.read());
  const { open } = await contender.counts('bench');
  return { ...figures, lost: task.jobs - open };
}

/** The callers take the next jobs from one count until there are none left. */
async function addAll(
  contender: Contender,
  queue: string,
  jobs: number,
  { concurrency, batch }: AddTask,
): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < jobs) {
      const first = next;
      next += batch;
      if (batch === 1) await contender.add(queue, jobData(first));
      else {
        const size = Math.min(batch, jobs - first);
        await contender.addMany(
          queue,
          Array.from({ length: size }, (_, at) => jobData(first + at)),
        );
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
}
