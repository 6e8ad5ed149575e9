import { z } from 'zod';
import { loadClientConfig } from '../config/index.js';
import { UnavailableError } from './exit-codes.js';

/** Longer than the server takes to give up by itself. */
const requestTimeoutMs = 90_000;

const errorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }),
});

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: string;
  readonly contentType?: 'application/json' | 'application/x-ndjson';
}

/** The gateway of MOORLINE_URL, as the commands use it. */
export class Api {
  private readonly config = loadClientConfig(process.env);

  /** The answer as the schema has it; no answer, or another one, throws one line for people. */
  async request<Schema extends z.ZodType>(
    answerSchema: Schema,
    path: string,
    { method = 'GET', body, contentType = 'application/json' }: ApiRequest = {},
  ): Promise<z.output<Schema>> {
    const { url, token } = this.config;
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
    };
    const response = await fetch(new URL(path, url), {
      method,
      headers,
      body,
      signal: AbortSignal.timeout(requestTimeoutMs),
    }).catch((error: unknown) => {
      throw new UnavailableError(`No gateway answers at ${url} (${reasonOf(error)}); set MOORLINE_URL`);
    });
    const answer = await response.json().catch(() => undefined);
    if (!response.ok) throw refusal(response.status, answer);
    const { success, data } = answerSchema.safeParse(answer);
    if (success) return data;
    throw new Error(`The answer of ${url} is not what this version expects: are both of the same version?`);
  }

  post<Schema extends z.ZodType>(answerSchema: Schema, path: string, body?: object): Promise<z.output<Schema>> {
    return this.request(answerSchema, path, {
      method: 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }
}

function refusal(status: number, answer: unknown): Error {
  const { success, data } = errorBody.safeParse(answer);
  if (!success) return new UnavailableError(`The server answered ${status}: is that a Moorline gateway?`);
  const { code, message, retryable } = data.error;
  return retryable ? new UnavailableError(`${code}: ${message}`) : new Error(`${code}: ${message}`);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** The path of a queue, or of something of it. */
export const queuePath = (queue: string, ...rest: readonly string[]): string =>
  ['/api/v1/queues', queue, ...rest].map((part, at) => (at === 0 ? part : encodeURIComponent(part))).join('/');
