import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelayMs } from '../../resilience/backoff.js';
import { Deadline } from '../../resilience/deadline.js';
import { errorCatalogue, isMoorlineError, MoorlineError, type ErrorCode } from '../../resilience/errors.js';
import type { GatewayOptions } from '../options.js';

export interface Request {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: string;
  readonly contentType?: 'application/json' | 'application/x-ndjson';
  /** How long the answer may keep the client waiting on purpose. @default 0 */
  readonly waitMs?: number;
  /** Sent once, whatever comes of it. @default false */
  readonly once?: boolean;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly body: unknown;
  /** 1 when the first request was answered. */
  readonly tries: number;
}

/** An answer that keeps nobody waiting on purpose has come after so long, or comes no more. */
const answerMs = 15_000;
const backoff = { firstMs: 50, maxMs: 2_000 };

/** Sends requests to a gateway, again as long as trying again may help and there is time; else throws a MoorlineError. */
export class HttpClient {
  private readonly base: URL;
  private readonly timeoutMs: number;
  private readonly headers: Readonly<Record<string, string>>;

  constructor({ url, token, timeoutMs = 30_000 }: GatewayOptions) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new MoorlineError('invalid_request', 'Expected url to be an http:// or https:// URL of a gateway');
    }
    this.base = new URL(url);
    this.timeoutMs = timeoutMs;
    this.headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  async request(path: string, request: Request = {}): Promise<Answer> {
    const deadline = Deadline.after(request.once === true ? 0 : this.timeoutMs);
    for (let tries = 1; ; tries++) {
      try {
        return { ...(await this.send(path, request)), tries };
      } catch (error) {
        if (!isMoorlineError(error) || !error.retryable || request.signal?.aborted === true) throw error;
        const pauseMs = Math.max(backoffDelayMs(tries - 1, backoff), error.options.retryAfterMs ?? 0);
        if (pauseMs >= deadline.remainingMs) throw error;
        await sleep(pauseMs);
      }
    }
  }

  private async send(path: string, request: Request): Promise<Pick<Answer, 'body'>> {
    const { method = 'GET', body: sent, contentType = 'application/json', waitMs = 0, signal } = request;
    const timeout = AbortSignal.timeout(answerMs + waitMs);
    const response = await fetch(new URL(path, this.base), {
      method,
      headers: sent === undefined ? this.headers : { ...this.headers, 'content-type': contentType },
      body: sent,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    }).catch((error: unknown) => {
      throw this.noAnswer(error);
    });
    const body: unknown = await response.json().catch((error: unknown) => {
      if (response.ok) throw this.noAnswer(error);
    });
    if (!response.ok) throw refusal(response, body);
    return { body };
  }

  private noAnswer(error: unknown): MoorlineError {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    return new MoorlineError('gateway_unavailable', `No gateway answers at ${this.base.origin}: ${why}`, { cause });
  }
}

/** The error as the gateway names it, or what its status says when another server answered in its place. */
function refusal(response: Response, answer: unknown): MoorlineError {
  const { error, ...details } = (answer ?? {}) as {
    readonly error?: { readonly code?: unknown; readonly message?: unknown };
  };
  const message = typeof error?.message === 'string' ? error.message : `The server answered ${response.status}`;
  const retryAfterS = Number(response.headers.get('retry-after') ?? NaN);
  return new MoorlineError(codeOf(error?.code, response.status), message, {
    details,
    ...(Number.isFinite(retryAfterS) ? { retryAfterMs: retryAfterS * 1_000 } : {}),
  });
}

function codeOf(code: unknown, status: number): ErrorCode {
  if (typeof code === 'string' && Object.hasOwn(errorCatalogue, code)) return code as ErrorCode;
  const known = Object.entries(errorCatalogue).find(([, entry]) => entry.status === status)?.[0] as
    ErrorCode | undefined;
  if (status === 502 || status === 503 || status === 504) return 'gateway_unavailable';
  return known ?? (status >= 500 ? 'internal' : 'invalid_request');
}
