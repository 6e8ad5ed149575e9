import type { Run, Target } from '../types.js';
import { inMemory } from './servers.js';

/** Questions and their answers: the ways an answer may come, beside a list and a connection for each question. */
export const askRuns: readonly Run[] = [
  ask(10, 20_000, []),
  ask(100, 40_000, []),
  ask(1_000, 60_000, [
    { figure: 'perSecond', timesBetter: 2 },
    { figure: 'commandsPerJob', atMost: 2 },
    { figure: 'keysLeft', atMost: 1 },
  ]),
];

function ask(callers: number, questions: number, targets: readonly Target[]): Run {
  return {
    name: `ask-${callers}`,
    title: `Ask and be answered, ${callers} callers, one worker process`,
    task: { kind: 'ask', questions, warmUp: questions / 5, callers },
    contenders: ['moorline', 'moorline-pubsub', 'moorline-key', 'ioredis'],
    server: inMemory,
    targets,
    isSelected: callers === 1_000,
  };
}
