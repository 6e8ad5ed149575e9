import { Agent, request, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { timeout } from './events.js';
import type { Journal } from './journal.js';

/** A live node answers the first packet at once; a lost one never does. */
const connectMs = 1000;
/** Longer than any planned failover keeps a call waiting. */
const answerMs = 5000;

/** The body of an answer, as far as the load looks at it. */
export interface Body {
  readonly jobs?: readonly { readonly id: string; readonly fence: string }[];
  readonly error?: { readonly code: string; readonly message: string };
}

/** The gateway as one client sees it: connections of its own, every failure in the journal. */
export class Gateway {
  readonly #agent: Agent;

  /** `servername` is what the certificate has to be for, where the URL is an address. */
  constructor(
    private readonly url: string,
    servername: string,
    private readonly token: string,
    private readonly client: string,
    private readonly journal: Journal,
  ) {
    this.#agent = url.startsWith('https:')
      ? new TlsAgent({ keepAlive: true, servername })
      : new Agent({ keepAlive: true });
  }

  /** Undefined when the call failed. */
  async post(path: string, body: object): Promise<Body | undefined> {
    try {
      const { status, text } = await this.#exchange(path, JSON.stringify(body));
      const answer = JSON.parse(text) as Body;
      if (status < 300) return answer;
      this.#failed(answer.error?.code ?? `status ${status}`, `${path}: ${answer.error?.message ?? text}`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#failed(code ?? message, `${path}: ${message}`);
    }
    return undefined;
  }

  #failed(reason: string, message: string): void {
    this.journal.write({ type: 'failed', client: this.client, reason, message });
  }

  #exchange(path: string, body: string): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
      const begin = this.url.startsWith('https:') ? tlsRequest : request;
      const call = begin(new URL(path, this.url), { method: 'POST', agent: this.#agent, headers });
      const limit = (ms: number, what: string) =>
        setTimeout(() => call.destroy(Object.assign(new Error(what), { code: what })), ms);
      const untilAnswer = limit(answerMs, `answer ${timeout}`);
      call.once('close', () => {
        clearTimeout(untilAnswer);
      });
      call.once('socket', (socket) => {
        if (!socket.connecting) return;
        const untilConnected = limit(connectMs, `connect ${timeout}`);
        for (const end of ['connect', 'close'])
          socket.once(end, () => {
            clearTimeout(untilConnected);
          });
      });
      call.once('error', reject);
      call.once('response', (response) => {
        textOf(response).then((text) => {
          resolve({ status: response.statusCode ?? 0, text });
        }, reject);
      });
      call.end(body);
    });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
