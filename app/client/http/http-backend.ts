import { abandoned } from '../../dispatch/errors.js';
import { taskIdOf } from '../../dispatch/task.js';
import type { AskOptions, StartedTask, TaskOptions } from '../../dispatch/types.js';
import { makeJobId } from '../../queue/job-id.js';
import { isMoorlineError } from '../../resilience/errors.js';
import { safely, type Attempt } from '../../resilience/safely.js';
import type { Cancelled, ClaimRequest, DeliveryRef, EnqueueReceipt, JobInput, QueueCounts } from '../../queue/types.js';
import type { GatewayOptions } from '../options.js';
import type { Answered, Backend, Delivery, Extended, JobView, Settled, Settlement } from '../types.js';
import { Adds } from './adds.js';
import { HttpClient } from './http-client.js';

/** As the gateway has it; said, since the client waits so long. */
const defaultTaskMs = 30_000;
/** The gateway says that time is over, and is given the time to say so. */
const graceMs = 2_000;
/** As often as the time of the task allows. */
const maxRetries = 1_000;

/** Queues behind a gateway. */
export class HttpBackend implements Backend {
  private readonly client: HttpClient;
  private readonly adds: Adds;

  constructor(options: GatewayOptions) {
    this.client = new HttpClient(options);
    this.adds = new Adds((queue, lines) =>
      this.client.request(pathOf(queue, 'jobs'), {
        method: 'POST',
        body: lines,
        contentType: 'application/x-ndjson',
      }),
    );
  }

  enqueue(queue: string, jobs: readonly JobInput[]): Promise<EnqueueReceipt> {
    return this.adds.add(queue, jobs);
  }

  async claim(queue: string, { signal, ...request }: ClaimRequest): Promise<readonly Delivery[]> {
    try {
      const { body } = await this.client.request(pathOf(queue, 'claim'), {
        ...post(request),
        waitMs: request.waitMs,
        // What a lost answer handed out comes back when its leases expire; the caller claims again anyway.
        once: true,
        signal,
      });
      return (body as Settled).jobs;
    } catch (error) {
      if (signal?.aborted === true) return [];
      throw error;
    }
  }

  async settle(queue: string, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<Settled> {
    // Without a claim the same request again is no harm.
    const body = settleBody(settlements, claim);
    const request = { method: 'POST', body, once: claim !== undefined } as const;
    return (await this.client.request(pathOf(queue, 'settle'), request)).body as Settled;
  }

  async extend(queue: string, deliveries: readonly DeliveryRef[], leaseMs: number): Promise<Extended> {
    const extend = deliveries.map(({ id, fence }) => ({ id, fence, leaseMs }));
    const { body } = await this.client.request(pathOf(queue, 'settle'), { ...post({ extend }), once: true });
    return body as Extended;
  }

  async counts(queue: string): Promise<QueueCounts> {
    return (await this.client.request(pathOf(queue))).body as QueueCounts;
  }

  job(queue: string, id: string): Promise<JobView | undefined> {
    return this.find(pathOf(queue, 'jobs', id));
  }

  async cancel(queue: string, id: string): Promise<Cancelled> {
    return (await this.client.request(pathOf(queue, 'jobs', id), { method: 'DELETE' })).body as Cancelled;
  }

  async setPaused(queue: string, paused: boolean): Promise<void> {
    await this.client.request(pathOf(queue, paused ? 'pause' : 'resume'), { method: 'POST' });
  }

  async publish(stream: string, chunks: readonly unknown[], end: boolean): Promise<void> {
    const path = `/api/v1/streams/${encodeURIComponent(stream)}/chunks`;
    // Not again without an answer: what was stored would be stored twice.
    await this.client.request(path, { ...post({ chunks, end }), once: true });
  }

  /** The id is made here, so that asking again after a lost answer is asking for the same task. */
  async ask(queue: string, data: unknown, { signal, id: own, ...options }: AskOptions): Promise<Answered> {
    const { timeoutMs = defaultTaskMs, ...rest } = options;
    const id = taskIdOf(queue, own);
    const once = async ({ remainingMs }: Attempt): Promise<Answered> => {
      if (signal?.aborted === true) throw abandoned(id);
      const leftMs = Math.max(1, Math.floor(remainingMs - graceMs));
      const body = { queue, data, ...rest, id, timeoutMs: leftMs };
      const request = { ...post(body), once: true, waitMs: leftMs, signal } as const;
      return (await this.client.request('/api/v1/tasks', request)).body as Answered;
    };
    try {
      return await safely(once, { timeoutMs: timeoutMs + graceMs, retries: maxRetries, name: 'the gateway' });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
      if (own === undefined) await this.cancelTask(id).catch(() => undefined);
      throw abandoned(id);
    }
  }

  async start(queue: string, data: unknown, { id = makeJobId(), ...options }: TaskOptions): Promise<StartedTask> {
    const body = { queue, data, ...options, id, wait: false };
    return (await this.client.request('/api/v1/tasks', post(body))).body as StartedTask;
  }

  task(id: string, waitMs: number): Promise<JobView | undefined> {
    return this.find(`/api/v1/tasks/${encodeURIComponent(id)}?waitMs=${waitMs}`, waitMs);
  }

  async cancelTask(id: string): Promise<Cancelled> {
    const path = `/api/v1/tasks/${encodeURIComponent(id)}`;
    return (await this.client.request(path, { method: 'DELETE' })).body as Cancelled;
  }

  close(): Promise<void> {
    return this.adds.sent();
  }

  private async find(path: string, waitMs = 0): Promise<JobView | undefined> {
    try {
      return (await this.client.request(path, { waitMs })).body as JobView;
    } catch (error) {
      if (isMoorlineError(error) && error.code === 'not_found') return undefined;
      throw error;
    }
  }
}

const post = (body: object) => ({ method: 'POST', body: JSON.stringify(body) }) as const;

const pathOf = (queue: string, ...rest: readonly string[]): string =>
  `/api/v1/queues/${[queue, ...rest].map(encodeURIComponent).join('/')}`;

/** The body of a settle request. Results go out as the text they are. */
function settleBody(settlements: readonly Settlement[], claim: ClaimRequest | undefined): string {
  const lists: Record<Settlement['verdict'], string[]> = { done: [], failed: [], release: [] };
  for (const settlement of settlements) lists[settlement.verdict].push(settlementJson(settlement));
  const parts = Object.entries(lists).map(([verdict, list]) => `"${verdict}":[${list.join(',')}]`);
  return `{${[...parts, ...(claim === undefined ? [] : [`"claim":${JSON.stringify(claim)}`])].join(',')}}`;
}

function settlementJson({ verdict, ...settlement }: Settlement): string {
  if (verdict !== 'done' || !('resultJson' in settlement)) return JSON.stringify(settlement);
  const { resultJson, ...delivery } = settlement;
  return `${JSON.stringify(delivery).slice(0, -1)},"result":${resultJson ?? 'null'}}`;
}
