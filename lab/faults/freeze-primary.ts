import type { Fault } from './fault.js';

export const freezePrimary: Fault = {
  name: 'freeze-primary',
  title: 'the primary frozen for 3 to 9 s: shorter than it takes to be replaced, as long, or longer',
  lastsMs: [3000, 9000],
  boundMs: 6000,
  async inject(stack) {
    const primary = await stack.primary();
    stack.signal(primary, 'SIGSTOP');
    return () => {
      stack.signal(primary, 'SIGCONT');
    };
  },
};
