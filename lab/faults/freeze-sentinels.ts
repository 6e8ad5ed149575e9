import type { LocalProcess } from '../../cdk8s/local/plan/plan.js';
import type { Stack } from '../stack/stack.js';
import type { Fault, Heal } from './fault.js';

export const loseSentinel: Fault = {
  name: 'lose-sentinel',
  title: 'one Sentinel silent for 2 to 10 s',
  lastsMs: [2000, 10_000],
  boundMs: 1000,
  inject: async (stack, random) => Promise.resolve(freeze(stack, [random.pick(stack.processes('sentinel'))])),
};

export const loseSentinels: Fault = {
  name: 'lose-sentinels',
  title: 'all Sentinels silent for 2 to 10 s',
  lastsMs: [2000, 10_000],
  boundMs: 1000,
  inject: async (stack) => Promise.resolve(freeze(stack, stack.processes('sentinel'))),
};

function freeze(stack: Stack, processes: readonly LocalProcess[]): Heal {
  for (const process of processes) stack.signal(process, 'SIGSTOP');
  return () => {
    for (const process of processes) stack.signal(process, 'SIGCONT');
  };
}
