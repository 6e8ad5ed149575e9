import type { LatencyTask } from '../contender/task.js';
import type { Run, Target } from '../types.js';
import { bothSides, inMemory } from './servers.js';

/** How long jobs wait, and what waiting costs. */
export const waitingRuns: readonly Run[] = [
  latency(500, [], false),
  latency(
    2_000,
    [
      { figure: 'p50Ms', timesBetter: 1 },
      { figure: 'p99Ms', timesBetter: 1 },
    ],
    true,
  ),
  latency(5_000, [], false),
  {
    name: 'memory',
    title: 'Memory of a waiting job of 200 bytes',
    task: { kind: 'memory', jobs: 50_000 },
    contenders: bothSides,
    server: inMemory,
    targets: [
      { figure: 'bytesPerJob', atMost: 500 },
      { figure: 'bytesPerJob', timesBetter: 1 / 0.65 },
    ],
    isSelected: true,
    isSteady: true,
  },
  idle(1, false),
  idle(100, true),
];

function latency(perSecond: number, targets: readonly Target[], isSelected: boolean): Run {
  const task: LatencyTask = { kind: 'latency', perSecond, warmUpSeconds: 1, seconds: 3 };
  return {
    name: `latency-${perSecond}`,
    title: `From due to started at ${perSecond} jobs/s`,
    task,
    contenders: bothSides,
    server: inMemory,
    targets,
    isSelected,
  };
}

function idle(queues: number, isSelected: boolean): Run {
  return {
    name: `idle-${queues}`,
    title: `A worker with nothing to do, ${queues === 1 ? 'one queue' : `${queues} queues`}`,
    task: { kind: 'idle', queues, seconds: 30 },
    contenders: bothSides,
    server: inMemory,
    targets: [{ figure: 'commandsPerMinute', atMost: 15 }],
    isSelected,
    isSteady: true,
  };
}
