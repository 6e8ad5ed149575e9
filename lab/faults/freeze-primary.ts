import type { Fault } from './fault.js';

export const freezePrimary: Fault = {
  name: 'freeze-primary',
  title: 'the primary frozen for 8 s',
  lastsMs: 8000,
  boundMs: 6000,
  async inject(stack) {
    const primary = await stack.primary();
    stack.signal(primary, 'SIGSTOP');
    return () => {
      stack.signal(primary, 'SIGCONT');
    };
  },
};
