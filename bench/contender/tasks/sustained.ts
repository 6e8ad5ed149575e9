import type { Contender } from '../contender.js';
import { percentiles, runOpenLoop } from '../open-loop.js';
import type { SustainedTask } from '../task.js';
import type { Figures } from '../../types.js';

export async function sustained(task: SustainedTask, contender: Contender): Promise<Figures> {
  const { perSecond, seconds } = task;
  const result = await runOpenLoop({ perSecond, seconds, warmUpSeconds: 0 }, contender);
  return {
    perSecond: result.latencies.length / result.seconds,
    ...percentiles(result.latencies),
    memoryMb: process.memoryUsage.rss() / 1024 ** 2,
    failed: result.failures,
    lost: result.lost,
  };
}
