import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { LocalProcess } from '../../cdk8s/local/plan/plan.js';
import type { Stack } from '../stack/stack.js';
import type { Fault } from './fault.js';

const sizeBytes = 512 * 1024 * 1024;
/** A volume cannot be made smaller than what is on it, and more is written every moment. */
const leftBytes = 256 * 1024;
const run = promisify(execFile);

export const fillDisk: Fault = {
  name: 'fill-disk',
  title: 'no space left on the volume of the primary for 3 to 9 s',
  needs: 'mounts',
  lastsMs: [3000, 9000],
  boundMs: 3000,
  isOutage: true,
  async prepare(stack) {
    for (const redis of stack.processes('redis')) {
      await stack.whileNobodyRestarts(() => moveToSmallVolume(stack, redis));
      await stack.settled();
    }
  },
  async inject(stack) {
    const volume = stack.volume(await stack.primary());
    const { blocks, bfree, bsize } = await statfs(volume);
    await resize(volume, (blocks - bfree) * bsize + leftBytes);
    return () => resize(volume, sizeBytes);
  },
};

/** A volume of a size that can be changed. */
async function moveToSmallVolume(stack: Stack, redis: LocalProcess): Promise<void> {
  const volume = stack.volume(redis);
  await stack.end([redis], 'SIGTERM');
  renameSync(volume, `${volume}.aside`);
  mkdirSync(volume, { mode: 0o700 });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=700`, 'tmpfs', volume]);
  stack.onStopped(async () => {
    await run('umount', [volume]);
  });
  cpSync(`${volume}.aside`, volume, { recursive: true });
  rmSync(`${volume}.aside`, { recursive: true });
}

async function resize(volume: string, bytes: number): Promise<void> {
  await run('mount', ['-o', `remount,size=${bytes}`, volume]);
}
