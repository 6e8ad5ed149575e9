import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Stack } from '../stack/stack.js';
import { askRedis } from '../stack/views.js';
import type { Heal } from './fault.js';

/** A packet that matches is lost: nobody is told, as when a cable is cut. The rules end with the lab's own network. */
export async function drop(rules: readonly (readonly string[])[]): Promise<Heal> {
  for (const rule of rules) await iptables('-A', rule);
  return async () => {
    for (const rule of rules) await iptables('-D', rule);
  };
}

async function iptables(action: '-A' | '-D', rule: readonly string[]): Promise<void> {
  // The usual place of the lock belongs to root.
  const env = { ...process.env, XTABLES_LOCKFILE: join(tmpdir(), `moorline-lab-${process.pid}.lock`) };
  await promisify(execFile)('iptables', ['-w', action, 'INPUT', '-p', 'tcp', ...rule, '-j', 'DROP'], { env });
}

/** Lines of CLIENT LIST. */
const patterns = { replicas: / flags=\w*S/, sentinels: / name=sentinel-/ } as const;

/** From which ports replicas, or Sentinels, are connected to the primary. */
export async function peerPorts(stack: Stack, who: keyof typeof patterns): Promise<string[]> {
  const { port } = await stack.primary();
  const clients = String(await askRedis(port, stack.redisPassword, ['CLIENT', 'LIST'])).split('\n');
  const ports = clients.filter((line) => patterns[who].test(line)).map((line) => / addr=\S*:(\d+)/.exec(line)?.[1]);
  if (ports.length === 0) throw new Error(`expected ${who} to be connected to the primary, found none`);
  return ports.filter((found) => found !== undefined);
}
