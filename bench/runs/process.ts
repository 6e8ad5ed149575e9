import type { ProcessTask } from '../contender/task.js';
import type { Run, Target } from '../types.js';
import { bothSides, inMemory, withReplica } from './servers.js';

export const processRuns: readonly Run[] = [
  worker(1, 6_000, [{ figure: 'perSecond', timesBetter: 1.3 }], true),
  worker(10, 20_000, [{ figure: 'perSecond', timesBetter: 2.5 }], true),
  worker(
    100,
    40_000,
    [
      { figure: 'perSecond', timesBetter: 5 },
      { figure: 'redisUsPerJob', timesBetter: 6 },
    ],
    true,
  ),
  persistent('everysec'),
  persistent('always'),
  {
    ...worker(100, 40_000, [], false),
    name: 'process-100-replica',
    title: 'Process, concurrency 100, Redis with a replica',
    server: withReplica,
  },
];

function worker(concurrency: number, jobs: number, targets: readonly Target[], isSelected: boolean): Run {
  const task: ProcessTask = { kind: 'process', jobs, warmUp: jobs / 5, concurrency };
  return {
    name: `process-${concurrency}`,
    title: `Process, concurrency ${concurrency}`,
    task,
    contenders: bothSides,
    server: inMemory,
    targets,
    isSelected,
  };
}

function persistent(persistence: 'everysec' | 'always'): Run {
  return {
    ...worker(100, 40_000, [], false),
    name: `process-100-${persistence}`,
    title: `Process, concurrency 100, appendfsync ${persistence}`,
    server: { persistence, replicas: 0 },
  };
}
