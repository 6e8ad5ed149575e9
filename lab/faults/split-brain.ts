import type { Stack } from '../stack/stack.js';
import { askRedis } from '../stack/views.js';
import type { Fault } from './fault.js';
import { drop } from './network.js';

export const splitBrain: Fault = {
  name: 'split-brain',
  title: 'the primary cut off from replicas and Sentinels for 15 s, its clients on its side',
  needs: 'network',
  lastsMs: 15_000,
  boundMs: 6000,
  async inject(stack) {
    const primary = String((await stack.primary()).port);
    const peers = await peerPorts(stack);
    return drop([
      // Whoever is connected stays so; nobody comes.
      ['--syn', '--dport', primary],
      ...peers.map((peer) => ['--sport', peer, '--dport', primary]),
      ...peers.map((peer) => ['--sport', primary, '--dport', peer]),
    ]);
  },
};

/** From where replicas and Sentinels are connected to the primary. */
async function peerPorts(stack: Stack): Promise<string[]> {
  const { port } = await stack.primary();
  const clients = String(await askRedis(port, stack.redisPassword, ['CLIENT', 'LIST'])).split('\n');
  const ofPeers = clients.filter((line) => /flags=\w*S/.test(line) || / name=sentinel-/.test(line));
  return ofPeers.map((line) => /addr=\S*:(\d+)/.exec(line)?.[1] ?? '');
}
