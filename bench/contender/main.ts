import type { ContenderName, Figures } from '../types.js';
import type { Assignment, Report } from './assignment.js';
import { openBullmq } from './bullmq.js';
import type { Contender } from './contender.js';
import { Meter } from './meter.js';
import { openMoorline } from './moorline.js';
import type { Task } from './task.js';
import { add } from './tasks/add.js';
import { processJobs } from './tasks/process.js';

// The entry of a contender's process: one assignment comes in, one report goes out.
process.once('message', (assignment: Assignment) => {
  void carryOut(assignment)
    .then((figures): Report => ({ figures }))
    .catch((error: unknown): Report => ({
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    .then((report) =>
      process.send?.(report, () => {
        process.disconnect();
      }),
    );
});

async function carryOut({ contender: name, port, task }: Assignment): Promise<Figures> {
  const meter = new Meter(port);
  const contender = await open(name, port);
  try {
    return await measure(task, contender, meter);
  } finally {
    await contender.close();
    meter.close();
  }
}

async function open(name: ContenderName, port: number): Promise<Contender> {
  if (name === 'bullmq') return openBullmq(port);
  return openMoorline(port, name === 'moorline' ? 'memory' : 'replicated');
}

function measure(task: Task, contender: Contender, meter: Meter): Promise<Figures> {
  switch (task.kind) {
    case 'add':
      return add(task, contender, meter);
    case 'process':
      return processJobs(task, contender, meter);
  }
}
