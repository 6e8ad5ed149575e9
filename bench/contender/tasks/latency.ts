import type { Contender } from '../contender.js';
import { percentiles, runOpenLoop } from '../open-loop.js';
import type { LatencyTask } from '../task.js';
import type { Figures } from '../../types.js';

export async function latency(task: LatencyTask, contender: Contender): Promise<Figures> {
  const { latencies, failures, lost } = await runOpenLoop(task, contender);
  return { ...percentiles(latencies), failed: failures, lost };
}
