import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Assignment, Report } from '../contender/assignment.js';
import type { Figures } from '../types.js';
import { endWithUs } from './leftovers.js';
import { pinned } from './pinning.js';

const entry = fileURLToPath(new URL('../contender/main.js', import.meta.url));
const deadlineMs = 180_000;

/** Has a process of its own carry out the assignment; rejects with what went wrong there, or when it takes too long. */
export async function runContender(assignment: Assignment): Promise<Figures> {
  const [command, args] = pinned('client', process.execPath, [entry]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  endWithUs(child);
  const impatience = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  const exited = once(child, 'exit');
  try {
    child.send(assignment);
    const report = await Promise.race([
      once(child, 'message').then(([message]) => message as Report),
      exited.then((): Report => ({ error: `ended without a report within ${deadlineMs} ms` })),
    ]);
    if ('error' in report) throw new Error(`${assignment.contender}, ${assignment.task.kind}: ${report.error}`);
    await exited;
    return report.figures;
  } finally {
    clearTimeout(impatience);
    child.kill('SIGKILL');
  }
}
