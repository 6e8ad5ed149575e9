import { type Fault, healsItself } from './fault.js';

export const killGateway: Fault = {
  name: 'kill-gateway',
  title: 'kill -9 of the only gateway',
  boundMs: 8000,
  inject: async (stack, random) => {
    stack.signal(random.pick(stack.processes('gateway')), 'SIGKILL');
    return Promise.resolve(healsItself);
  },
};
