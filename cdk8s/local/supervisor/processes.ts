import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.js';

/** A process that cannot be mistaken for another one which got the same pid later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in whatever form the system tells it; empty when the system did not tell. */
  readonly startedAt: string;
}

export const identify = (pid: number): ProcessIdentity => ({ pid, startedAt: startOf(pid) ?? '' });

/** True while that very process exists and has not ended (a zombie has). */
export const isAlive = ({ pid, startedAt }: ProcessIdentity): boolean => startOf(pid) === startedAt;

/** The start of a running process; undefined when there is none with this pid. */
function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

function startFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so count from its end: state is the 1st field after it, start time the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    const start = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return start === '' ? undefined : start;
  } catch {
    return undefined;
  }
}

/** Signals a process; one that is gone already is no error. */
export function signal({ pid }: Pick<ProcessIdentity, 'pid'>, name: NodeJS.Signals): void {
  kill(pid, name);
}

/** Signals a process and all that it started: each of ours leads a group of its own. */
export function signalGroup({ pid }: Pick<ProcessIdentity, 'pid'>, name: NodeJS.Signals): void {
  kill(-pid, name);
}

function kill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw new Error(`${name} to ${pid}: ${messageOf(error)}`);
  }
}

/** Polls a condition; false when it did not come true in time. */
export async function waitUntil(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= deadline) return false;
    await sleep(50);
  }
}
