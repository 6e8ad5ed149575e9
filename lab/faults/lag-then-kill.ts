import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.js';
import { drop, peerPorts } from './network.js';

const lagMs = 800;

export const lagThenKill: Fault = {
  name: 'lag-then-kill',
  title: 'kill -9 of the primary when nothing of its last 0.8 s has reached a replica',
  needs: 'network',
  // What its kernel would still send is lost as well.
  lastsMs: [3000, 3000],
  boundMs: 3000,
  async inject(stack) {
    const primary = await stack.primary();
    const replicas = await peerPorts(stack, 'replicas');
    const heal = await drop(replicas.map((replica) => ['--sport', String(primary.port), '--dport', replica]));
    await sleep(lagMs);
    stack.signal(primary, 'SIGKILL');
    return heal;
  },
};
