import { type Fault, healsItself } from './fault.js';

export const killPrimary: Fault = {
  name: 'kill-primary',
  title: 'kill -9 of the primary',
  boundMs: 2000,
  async inject(stack) {
    stack.signal(await stack.primary(), 'SIGKILL');
    return healsItself;
  },
};
