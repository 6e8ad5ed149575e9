import { z } from 'zod';
import { queuePath, type Api } from '../api.js';

const claimed = z.object({ jobs: z.array(z.object({ id: z.string(), fence: z.string() })) });

/** Empties a queue, and answers the ids of what was in it. */
export async function claimAll(api: Pick<Api, 'post'>, queue: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for (;;) {
    const { jobs } = await api.post(claimed, queuePath(queue, 'claim'), {
      max: 250,
      waitMs: 0,
      worker: 'moorline-drill',
    });
    if (jobs.length === 0) return ids;
    for (const { id } of jobs) ids.add(id);
    await api.post(z.unknown(), queuePath(queue, 'settle'), { done: jobs });
  }
}
