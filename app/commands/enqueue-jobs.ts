import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { backoffDelayMs } from '../resilience/backoff.js';
import { Deadline } from '../resilience/deadline.js';
import { Api, queuePath } from './api.js';
import { UnavailableError, UsageError } from './exit-codes.js';
import { inBatches } from './line-batches.js';
import { parseJsonText } from './options.js';
import { printJson } from './print.js';

export interface EnqueueOptions {
  readonly id?: string;
  readonly priority?: number;
  readonly delayMs?: number;
  readonly maxAttempts?: number;
  readonly ndjson?: string;
  readonly wait?: true;
  readonly timeoutMs: number;
  readonly json?: true;
}

const receipt = z.looseObject({ jobs: z.array(z.object({ id: z.string(), status: z.string() })) });

const jobState = z.looseObject({
  state: z.string(),
  result: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/** How often the outcome is asked for. */
const polling = { firstMs: 50, maxMs: 1_000 };

export async function enqueue(queue: string, data: string | undefined, options: EnqueueOptions): Promise<void> {
  if ((data === undefined) === (options.ndjson === undefined)) {
    throw new UsageError('Expected either the data of one job or --ndjson with a file');
  }
  const api = new Api();
  if (options.ndjson !== undefined) await enqueueLines(api, queue, options.ndjson, options);
  else await enqueueOne(api, queue, data === '-' ? await text(process.stdin) : (data ?? ''), options);
}

async function enqueueOne(api: Api, queue: string, data: string, options: EnqueueOptions): Promise<void> {
  const { id, priority, delayMs, maxAttempts } = options;
  const body = { id, data: parseData(data), priority, delayMs, maxAttempts };
  const answer = await api.post(receipt, queuePath(queue, 'jobs'), body);
  const [job] = answer.jobs;
  if (job === undefined) throw new Error('The gateway accepted the job and named none');
  if (options.wait === true) await printOutcome(api, queue, job.id, options);
  else if (options.json === true) printJson(answer);
  else process.stdout.write(`${job.id} ${job.status}\n`);
}

async function enqueueLines(api: Api, queue: string, file: string, { id, wait, json }: EnqueueOptions): Promise<void> {
  if (id !== undefined || wait === true) throw new UsageError('Expected neither --id nor --wait with --ndjson');
  const counts: Record<string, number> = {};
  for await (const lines of inBatches(file === '-' ? process.stdin : createReadStream(file))) {
    const answer = await api.request(receipt, queuePath(queue, 'jobs'), {
      method: 'POST',
      body: lines,
      contentType: 'application/x-ndjson',
    });
    for (const { status } of answer.jobs) counts[status] = (counts[status] ?? 0) + 1;
  }
  if (json === true) printJson(counts);
  else
    process.stdout.write(
      `${Object.entries(counts)
        .map(([status, jobs]) => `${jobs} ${status}`)
        .join(', ')}\n`,
    );
}

function parseData(data: string): unknown {
  try {
    return parseJsonText(data);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function printOutcome(api: Api, queue: string, id: string, { timeoutMs, json }: EnqueueOptions): Promise<void> {
  const deadline = Deadline.after(timeoutMs);
  for (let attempt = 0; ; attempt++) {
    const job = await api.request(jobState, queuePath(queue, 'jobs', id));
    if (job.state === 'done') {
      printJson(json === true ? job : job.result);
      return;
    }
    if (job.state === 'dead')
      throw new Error(`Job ${id} is dead: ${job.errors?.at(-1)?.message ?? 'no error is known'}`);
    if (job.state === 'cancelled') throw new Error(`Job ${id} is cancelled`);
    if (deadline.isPast) throw new UnavailableError(`Job ${id} is ${job.state} after ${timeoutMs} ms; it goes on`);
    await sleep(Math.min(deadline.remainingMs, backoffDelayMs(attempt, polling)));
  }
}
