import type { Fault } from './fault.js';
import { drop } from './network.js';

export const partitionPrimary: Fault = {
  name: 'partition-primary',
  title: 'the primary cut off from everybody for 3 to 15 s',
  needs: 'network',
  lastsMs: [3000, 15_000],
  boundMs: 6000,
  async inject(stack) {
    const port = String((await stack.primary()).port);
    return drop([
      ['--dport', port],
      ['--sport', port],
    ]);
  },
};
