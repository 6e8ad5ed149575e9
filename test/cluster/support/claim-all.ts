import type { Call } from './gateway-caller.js';

/** The ids of all jobs that are ready. */
export async function claimAll(request: Call, queue: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for (;;) {
    const { body } = await request('POST', `/api/v1/queues/${queue}/claim`, {
      max: 1000,
      waitMs: 0,
      leaseMs: 600_000,
      worker: 'e2e',
    });
    const jobs = body['jobs'] as { readonly id: string }[];
    if (jobs.length === 0) return ids;
    for (const { id } of jobs) ids.add(id);
  }
}
