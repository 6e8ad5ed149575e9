import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, healsItself } from './fault.js';

const lagMs = 800;

export const lagThenKill: Fault = {
  name: 'lag-then-kill',
  title: 'kill -9 of the primary after its replicas stood still for 0.8 s',
  boundMs: 3000,
  async inject(stack) {
    const [primary, replicas] = [await stack.primary(), await stack.replicas()];
    for (const replica of replicas) stack.signal(replica, 'SIGSTOP');
    await sleep(lagMs);
    stack.signal(primary, 'SIGKILL');
    for (const replica of replicas) stack.signal(replica, 'SIGCONT');
    return healsItself;
  },
};
