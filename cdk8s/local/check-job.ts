import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from './errors.js';

/** A built-in queue of every worker: its handler answers who handled the job. */
const queue = 'moorline-check';
const checkTimeoutMs = 20_000;

export interface CheckedJob {
  readonly id: string;
  readonly handledBy: string;
  readonly tookMs: number;
}

/** Puts one job through the queue, from HTTP through Redis and a worker and back. */
export async function checkJob(url: string, token: string, signal: AbortSignal): Promise<CheckedJob> {
  const startedMs = performance.now();
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(checkTimeoutMs)]);
  const call = (path: string, body?: object): Promise<unknown> => request(`${url}${path}`, token, deadline, body);
  const { jobs } = (await call(`/api/v1/queues/${queue}/jobs`, { data: null })) as { jobs: [{ id: string }] };
  const { id } = jobs[0];
  for (;;) {
    const job = (await call(`/api/v1/queues/${queue}/jobs/${id}`)) as JobView;
    if (job.state === 'done') {
      return { id, handledBy: job.result?.handledBy ?? 'a worker', tookMs: Math.round(performance.now() - startedMs) };
    }
    if (job.state === 'dead') throw new CommandError(`the check job ${id} ended as a dead letter`);
    await sleep(5, undefined, { signal: deadline });
  }
}

interface JobView {
  readonly state: string;
  readonly result?: { readonly handledBy?: string };
}

async function request(url: string, token: string, signal: AbortSignal, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw new CommandError(`${url}: expected success, got ${response.status} ${text.slice(0, 200)}`);
  return JSON.parse(text) as unknown;
}
