import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Handler } from '../../app/worker/types.js';
import { nowMs } from '../clock.js';
import { refusal, type Run, type Work } from './work.js';

// The handlers of the stack's own worker.

const lab: Handler = async ({ id, data }, { fence, signal }) => {
  // At once on the disk: the process may be killed at any moment.
  const run: Run = { id, fence, atMs: nowMs() };
  appendFileSync(process.env['LAB_RUNS_FILE'] ?? '', `${JSON.stringify(run)}\n`);
  const { workMs, refuse } = data as Work;
  await sleep(workMs, undefined, { signal });
  if (refuse) throw Object.assign(new Error(refusal), { retry: false });
  return { by: 'worker', fence };
};

export default { lab };
