import type { AddTask } from '../contender/task.js';
import type { Run, Target } from '../types.js';
import { bothSides, inMemory, withReplica } from './servers.js';

export const addRuns: readonly Run[] = [
  callers(1, 6_000, [{ figure: 'perSecond', timesBetter: 1.3 }], true),
  callers(10, 20_000, [], true),
  callers(
    100,
    40_000,
    [
      { figure: 'perSecond', timesBetter: 4 },
      { figure: 'redisUsPerJob', timesBetter: 5 },
    ],
    true,
  ),
  callers(500, 40_000, [], false),
  {
    ...callers(1, 50_000, [], true),
    name: 'add-bulk',
    title: 'Add, 500 jobs a call',
    task: task({ jobs: 50_000, concurrency: 1, batch: 500 }),
  },
  persistent('everysec'),
  persistent('always'),
  {
    ...callers(100, 40_000, [], false),
    name: 'add-100-replicated',
    title: 'Add, 100 callers, confirmed by a replica',
    contenders: ['moorline-replicated', 'bullmq'],
    server: withReplica,
  },
];

function callers(concurrency: number, jobs: number, targets: readonly Target[], isSelected: boolean): Run {
  return {
    name: `add-${concurrency}`,
    title: concurrency === 1 ? 'Add, one after the other' : `Add, ${concurrency} callers`,
    task: task({ jobs, concurrency, batch: 1 }),
    contenders: bothSides,
    server: inMemory,
    targets,
    isSelected,
  };
}

function persistent(persistence: 'everysec' | 'always'): Run {
  return {
    ...callers(100, 40_000, [], false),
    name: `add-100-${persistence}`,
    title: `Add, 100 callers, appendfsync ${persistence}`,
    server: { persistence, replicas: 0 },
  };
}

function task(of: Pick<AddTask, 'jobs' | 'concurrency' | 'batch'>): AddTask {
  return { kind: 'add', warmUp: of.jobs / 5, ...of };
}
