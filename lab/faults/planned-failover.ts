import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Fault, healsItself } from './fault.js';

export const plannedFailover: Fault = {
  name: 'planned-failover',
  title: 'the primary stopped as Kubernetes stops its pod, after its preStop hook',
  boundMs: 2500,
  async inject(stack) {
    const primary = await stack.primary();
    const hook = primary.command.map((word) => word.replace(/redis-start\.sh$/, 'redis-stop.sh'));
    const [program = '', ...args] = hook;
    // It says why it does not hand over; that is then the reason why the round is broken.
    await promisify(execFile)(program, args, { env: { ...process.env, ...primary.environment }, timeout: 60_000 });
    stack.signal(primary, 'SIGTERM');
    return healsItself;
  },
};
