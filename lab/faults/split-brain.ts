import type { Fault } from './fault.js';
import { drop, peerPorts } from './network.js';

export const splitBrain: Fault = {
  name: 'split-brain',
  title: 'the primary cut off from replicas and Sentinels for 3 to 15 s, its clients on its side',
  needs: 'network',
  lastsMs: [3000, 15_000],
  boundMs: 6000,
  async inject(stack) {
    const primary = String((await stack.primary()).port);
    const peers = [...(await peerPorts(stack, 'replicas')), ...(await peerPorts(stack, 'sentinels'))];
    return drop([
      // Whoever is connected stays so; nobody comes.
      ['--syn', '--dport', primary],
      ...peers.map((peer) => ['--sport', peer, '--dport', primary]),
      ...peers.map((peer) => ['--sport', primary, '--dport', peer]),
    ]);
  },
};
