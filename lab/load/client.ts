import type { Journal } from './journal.js';

/** Longer than any fault keeps a call that will be answered. */
const callMs = 15_000;

/** The body of an answer of the gateway, as far as the lab looks at it. */
export interface Body {
  readonly jobs?: readonly { readonly id: string; readonly fence: string; readonly data: unknown }[];
  readonly rejected?: readonly { readonly id: string; readonly fence: string }[];
  readonly state?: string;
  readonly errors?: readonly unknown[];
}

/** `body` is undefined when the call failed, or no answer came. */
export interface Answer {
  readonly status: number;
  readonly body?: Body;
}

/** An application that calls the gateway; every failure goes into the journal. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly journal: Journal,
  ) {}

  async call(path: string, body?: object): Promise<Answer> {
    try {
      const response = await fetch(`${this.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(callMs),
      });
      const answer = (await response.json()) as Body & { readonly error?: { readonly code: string } };
      if (response.ok) return { status: response.status, body: answer };
      if (response.status !== 404) this.journal.failed(answer.error?.code ?? `status ${response.status}`);
      return { status: response.status };
    } catch (error) {
      this.journal.failed(causeOf(error));
      return { status: 0 };
    }
  }
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET`, `TimeoutError`. */
function causeOf(error: unknown): string {
  const { name, cause } = error as { readonly name: string; readonly cause?: { readonly code?: string } };
  return cause?.code ?? name;
}
