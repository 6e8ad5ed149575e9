import { randomUUID } from 'node:crypto';
import type { GatewayClient } from '../../../examples/checksum/gateway-client.js';
import { waitFor } from '../support/wait-for.js';

const queue = 'moorline-check';
const jobsInABatch = 10;

/** Enqueues batches one after the other and returns the ids of the jobs, which are all acknowledged. */
export async function checkJobs(
  gateway: GatewayClient,
  batches: number,
  onBatch: (batch: number) => void = () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  for (let batch = 1; batch <= batches; batch++) {
    const jobs = Array.from({ length: jobsInABatch }, () => ({ id: randomUUID(), data: null }));
    onBatch(batch);
    await gateway.enqueue(queue, jobs);
    ids.push(...jobs.map(({ id }) => id));
  }
  return ids;
}

/** Waits until a job has run; a lost one fails. */
export async function isDone(gateway: GatewayClient, id: string): Promise<void> {
  await waitFor(
    `job ${id} is done`,
    async () => {
      const job = await gateway.job(queue, id);
      if (job === undefined) throw new Error(`job ${id} is lost`);
      return job.state === 'done';
    },
    { deadlineMs: 60_000 },
  );
}
