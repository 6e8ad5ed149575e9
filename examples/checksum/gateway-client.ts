import { setTimeout as sleep } from 'node:timers/promises';

export interface Job {
  readonly id: string;
  readonly data: unknown;
}

/** The part of `GET /api/v1/queues/{queue}/jobs/{id}` that is looked at here. */
export interface JobView {
  readonly state: string;
  readonly result?: unknown;
}

/** How long the gateway may be out of order: much longer than a failover takes. */
const outageMs = 60_000;
const requestTimeoutMs = 15_000;

/**
 * A client of the queue API that survives what the system survives: a call that got no answer, or one that says it may be
 * repeated, is repeated. Jobs carry their ids, so that a repeated hand-in makes no second job.
 */
export class GatewayClient {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  /** Returns once every job is acknowledged. */
  async enqueue(queue: string, jobs: readonly Job[]): Promise<void> {
    const body = jobs.map((job) => `${JSON.stringify(job)}\n`).join('');
    const response = await this.#call(`/api/v1/queues/${queue}/jobs`, body);
    if (response.status !== 202) throw new Error(`enqueue: expected 202, got ${response.status}: ${response.text}`);
  }

  /** Undefined when the queue does not know the job. */
  async job(queue: string, id: string): Promise<JobView | undefined> {
    const { status, text } = await this.#call(`/api/v1/queues/${queue}/jobs/${id}`);
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`job ${id}: expected 200, got ${status}: ${text}`);
    return JSON.parse(text) as JobView;
  }

  async #call(path: string, ndjson?: string): Promise<Answer> {
    const deadline = Date.now() + outageMs;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#tryCall(path, ndjson);
      if (!isRetryable(answer)) return answer;
      if (Date.now() >= deadline) throw new Error(`${this.url}${path}: ${answer.text} (for ${outageMs / 1000} s)`);
      await sleep(Math.min(50 * 2 ** attempt, 1000) * (0.5 + Math.random() / 2));
    }
  }

  async #tryCall(path: string, ndjson?: string): Promise<Answer> {
    const authorization = `Bearer ${this.token}`;
    const request: RequestInit =
      ndjson === undefined
        ? { headers: { authorization } }
        : { method: 'POST', headers: { authorization, 'content-type': 'application/x-ndjson' }, body: ndjson };
    try {
      const signal = AbortSignal.timeout(requestTimeoutMs);
      const response = await fetch(`${this.url}${path}`, { ...request, signal });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      return { status: 0, text: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** `status` is 0 when no answer came. */
interface Answer {
  readonly status: number;
  readonly text: string;
}

const isRetryable = ({ status }: Answer): boolean => [0, 429, 502, 503, 504].includes(status);
