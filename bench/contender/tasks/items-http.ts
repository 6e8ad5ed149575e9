import { jobData, type Contender } from '../contender.js';
import { Gateway } from '../gateway.js';
import type { ItemsOverHttpTask } from '../task.js';
import type { Figures } from '../../types.js';

export async function itemsOverHttp(
  { jobs }: ItemsOverHttpTask,
  contender: Contender,
  redisPort: number,
): Promise<Figures> {
  const gateway = await Gateway.start(redisPort);
  try {
    await post(gateway, 'warm', lines(jobs / 5));
    const body = lines(jobs);
    const fromMs = performance.now();
    await post(gateway, 'bench', body);
    const seconds = (performance.now() - fromMs) / 1000;
    return { seconds, lost: jobs - (await contender.counts('bench')).open };
  } finally {
    await gateway.stop();
  }
}

function lines(jobs: number): string {
  return Array.from({ length: jobs }, (_, at) => `${JSON.stringify({ data: jobData(at) })}\n`).join('');
}

async function post(gateway: Gateway, queue: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(gateway.jobsUrl(queue), { method: 'POST', headers, body });
  const answer = await response.text();
  if (response.status !== 202) throw new Error(`Expected 202, got ${response.status} ${answer.slice(0, 200)}`);
}
