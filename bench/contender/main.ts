import type { ContenderName, Figures } from '../types.js';
import type { Assignment, Report } from './assignment.js';
import { openBullmq } from './bullmq.js';
import { measureAsk } from './ask/measure.js';
import { isAsk, type AskTask } from './ask/task.js';
import type { Contender } from './contender.js';
import { measureLive } from './live/measure.js';
import { isLive } from './live/task.js';
import { Meter } from './meter.js';
import { openMoorline } from './moorline.js';
import type { Task } from './task.js';
import { add } from './tasks/add.js';
import { bombardment } from './tasks/bombardment.js';
import { idle } from './tasks/idle.js';
import { items } from './tasks/items.js';
import { itemsOverHttp } from './tasks/items-http.js';
import { latency } from './tasks/latency.js';
import { memory } from './tasks/memory.js';
import { processJobs } from './tasks/process.js';
import { saturation } from './tasks/saturation.js';
import { sustained } from './tasks/sustained.js';

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
  if (isLive(task) || isAsk(task)) {
    const place = { port, meter };
    const figures = await (isAsk(task) ? measureAsk(name, task, place) : measureLive(name, task, place));
    meter.close();
    return figures;
  }
  const contender = await open(name, port);
  try {
    return await measure(task, contender, meter, port);
  } finally {
    await contender.close();
    meter.close();
  }
}

async function open(name: ContenderName, port: number): Promise<Contender> {
  if (name === 'bullmq') return openBullmq(port);
  return openMoorline(port, name === 'moorline' ? 'memory' : 'replicated');
}

function measure(task: Exclude<Task, AskTask>, contender: Contender, meter: Meter, port: number): Promise<Figures> {
  switch (task.kind) {
    case 'add':
      return add(task, contender, meter);
    case 'process':
      return processJobs(task, contender, meter);
    case 'latency':
      return latency(task, contender);
    case 'memory':
      return memory(task, contender, meter);
    case 'idle':
      return idle(task, contender, meter);
    case 'items':
      return items(task, contender);
    case 'items-http':
      return itemsOverHttp(task, contender, port);
    case 'saturation':
      return saturation(task, contender, meter, port);
    case 'bombardment':
      return bombardment(task, contender);
    case 'sustained':
      return sustained(task, contender);
  }
}
