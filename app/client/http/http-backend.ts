import { isMoorlineError, MoorlineError } from '../../resilience/errors.js';
import type { ClaimRequest, DeliveryRef, EnqueueReceipt, JobInput, QueueCounts } from '../../queue/types.js';
import type { GatewayOptions } from '../options.js';
import type { Backend, Delivery, JobView, Settled, Settlement } from '../types.js';
import { Adds } from './adds.js';
import { HttpClient } from './http-client.js';

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
    const request = { ...post({ ...bodyOf(settlements), claim }), once: claim !== undefined };
    return (await this.client.request(pathOf(queue, 'settle'), request)).body as Settled;
  }

  async extend(queue: string, deliveries: readonly DeliveryRef[], leaseMs: number): Promise<readonly DeliveryRef[]> {
    const extend = deliveries.map(({ id, fence }) => ({ id, fence, leaseMs }));
    const { body } = await this.client.request(pathOf(queue, 'settle'), { ...post({ extend }), once: true });
    return (body as Settled).rejected;
  }

  async counts(queue: string): Promise<QueueCounts> {
    return (await this.client.request(pathOf(queue))).body as QueueCounts;
  }

  async job(queue: string, id: string): Promise<JobView | undefined> {
    try {
      return (await this.client.request(pathOf(queue, 'jobs', id))).body as JobView;
    } catch (error) {
      if (isMoorlineError(error) && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  async setPaused(queue: string, paused: boolean): Promise<void> {
    await this.client.request(pathOf(queue, paused ? 'pause' : 'resume'), { method: 'POST' });
  }

  close(): Promise<void> {
    return this.adds.sent();
  }
}

const post = (body: object) => ({ method: 'POST', body: jsonOf(body) }) as const;

function jsonOf(body: object): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    throw new MoorlineError('invalid_request', `Expected JSON: ${(error as Error).message}`, { cause: error });
  }
}

const pathOf = (queue: string, ...rest: readonly string[]): string =>
  `/api/v1/queues/${[queue, ...rest].map(encodeURIComponent).join('/')}`;

/** The lists of a settle request; a verdict that nobody has got is left out. */
function bodyOf(settlements: readonly Settlement[]): object {
  const lists: { done: object[]; failed: object[]; release: object[] } = { done: [], failed: [], release: [] };
  for (const settlement of settlements) {
    const { id, fence } = settlement;
    if (settlement.verdict === 'done') lists.done.push({ id, fence, result: settlement.result });
    else if (settlement.verdict === 'failed') lists.failed.push({ id, fence, ...settlement.failure });
    else lists.release.push({ id, fence });
  }
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}
