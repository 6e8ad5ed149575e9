import { type Fault, healsItself } from './fault.js';

export const coldRestart: Fault = {
  name: 'cold-restart',
  title: 'all Redis and Sentinels stopped, then started',
  boundMs: 10_000,
  isOutage: true,
  async inject(stack) {
    await stack.whileNobodyRestarts(() =>
      stack.end([...stack.processes('redis'), ...stack.processes('sentinel')], 'SIGTERM'),
    );
    return healsItself;
  },
};
