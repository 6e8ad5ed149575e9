import { workerClient } from '../load/worker-runs.js';
import { type Fault, healsItself } from './fault.js';

export const killWorker: Fault = {
  name: 'kill-worker',
  title: 'kill -9 of the worker',
  boundMs: 1000,
  victim: workerClient,
  inject: async (stack, random) => {
    stack.signal(random.pick(stack.processes('worker')), 'SIGKILL');
    return Promise.resolve(healsItself);
  },
};

export const freezeWorker: Fault = {
  name: 'freeze-worker',
  title: 'the worker frozen for longer than its leases, then woken',
  lastsMs: [6000, 9000],
  boundMs: 1000,
  victim: workerClient,
  inject: async (stack, random) => {
    const worker = random.pick(stack.processes('worker'));
    stack.signal(worker, 'SIGSTOP');
    return Promise.resolve(() => {
      stack.signal(worker, 'SIGCONT');
    });
  },
};
