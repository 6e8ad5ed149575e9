import { type Fault, healsItself } from './fault.js';

export const killWorker: Fault = {
  name: 'kill-worker',
  title: 'kill -9 of the worker',
  boundMs: 8000,
  inject: async (stack, random) => {
    stack.signal(random.pick(stack.processes('worker')), 'SIGKILL');
    return Promise.resolve(healsItself);
  },
};

export const freezeWorker: Fault = {
  name: 'freeze-worker',
  title: 'the worker frozen for 8 s, longer than its leases, then woken',
  lastsMs: 8000,
  boundMs: 10_000,
  inject: async (stack, random) => {
    const worker = random.pick(stack.processes('worker'));
    stack.signal(worker, 'SIGSTOP');
    return Promise.resolve(() => {
      stack.signal(worker, 'SIGCONT');
    });
  },
};
