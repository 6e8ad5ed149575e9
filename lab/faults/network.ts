import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
