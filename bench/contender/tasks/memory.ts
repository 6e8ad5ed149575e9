import type { Contender } from '../contender.js';
import { fill } from '../fill.js';
import type { Meter } from '../meter.js';
import type { MemoryTask } from '../task.js';
import type { Figures } from '../../types.js';

export async function memory({ jobs }: MemoryTask, contender: Contender, meter: Meter): Promise<Figures> {
  // What is there once, scripts and functions, does not count.
  await fill(contender, 'warm', 1);
  const before = await meter.infoNumber('memory', 'used_memory');
  await fill(contender, 'bench', jobs);
  return { bytesPerJob: ((await meter.infoNumber('memory', 'used_memory')) - before) / jobs };
}
