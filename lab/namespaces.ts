import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { find } from '../cdk8s/local/find-program.js';

/** Set for the lab that runs in namespaces of its own. */
const insideVariable = 'MOORLINE_LAB_NAMESPACES';

/** As root; else as a user that is root of a namespace of users, where the system lets it. */
const ways: readonly (readonly string[])[] = [
  ['--net', '--mount'],
  ['--user', '--map-root-user', '--net', '--mount'],
];

/** Whether the network and the mounts of this process are its own, so that breaking them harms nobody and ends with it. */
export const hasOwnNamespaces = (): boolean => process.env[insideVariable] !== undefined;

/** Runs this program again in namespaces of its own. Undefined where the system has none to give; else the exit code. */
export async function runInOwnNamespaces(): Promise<number | undefined> {
  if (hasOwnNamespaces() || find('unshare') === undefined || find('ip') === undefined) return undefined;
  const way = ways.find((options) => unshare(options, ['ip', 'link', 'set', 'lo', 'up']));
  if (way === undefined) return undefined;
  const script = 'ip link set lo up && exec "$@"';
  const child = spawn('unshare', [...way, '--', 'sh', '-c', script, 'sh', process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [insideVariable]: 'yes' },
  });
  // From a terminal it gets Ctrl-C itself; this process waits until it has cleaned up.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  return exitCode ?? 1;
}

function unshare(options: readonly string[], command: readonly string[]): boolean {
  return spawnSync('unshare', [...options, '--', ...command], { stdio: 'ignore' }).status === 0;
}
