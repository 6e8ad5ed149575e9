/** All that bodies of answers hold, of whatever route: a test that reads what is not there fails by that. */
export interface AnswerBody {
  readonly error: { readonly code: string; readonly message: string; readonly retryable: boolean };
  readonly jobs: readonly AnswerJob[];
  readonly accepted: number;
  readonly rejected: readonly { readonly id: string; readonly fence: string; readonly reason: string }[];
  readonly queues: readonly { readonly queue: string }[];
  readonly workers: readonly { readonly name: string; readonly pod: string }[];
  readonly cursor?: string;
  readonly ready: number;
  readonly leased: number;
  readonly state: string;
  readonly until: number;
}

export interface AnswerJob {
  readonly id: string;
  readonly status: string;
  readonly fence: string;
  readonly attempt: number;
  readonly data: unknown;
  readonly leaseUntil: number;
  readonly fingerprint: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Empty where the answer is no JSON. */
  readonly body: AnswerBody;
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  /** Sent as JSON, unless it is text or bytes already. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Calls a gateway as an application would: literal paths and bodies. */
export class GatewayClient {
  constructor(
    readonly url: string,
    private readonly token?: string,
  ) {}

  get(path: string, call: Call = {}): Promise<Answer> {
    return this.call(path, call);
  }

  post(path: string, body?: unknown, call: Call = {}): Promise<Answer> {
    return this.call(path, { method: 'POST', body, ...call });
  }

  /** To a queue: `post('/api/v1/queues/mail/jobs', ...)` is `client.queue('mail', 'jobs', ...)`. */
  queue(queue: string, what: string, body?: unknown, call: Call = {}): Promise<Answer> {
    return this.post(`/api/v1/queues/${queue}/${what}`, body, call);
  }

  async call(path: string, { method = 'GET', body, headers = {}, signal }: Call): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: bytesOf(body),
      signal,
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    const parsed = (isJson ? JSON.parse(text) : {}) as AnswerBody;
    return { status: response.status, headers: response.headers, body: parsed, text };
  }
}

function bytesOf(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}
