import { isMoorlineError, MoorlineError } from './errors.js';

const quotaWords =
  /max (\w+ )*(requests?|bandwidth|commands?)( \w+)* (limit|quota) exceeded|too many requests|quota exceeded|rate limit/i;
const unreachable = /^(ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_SOCKET|UND_ERR_CONNECT)/;
const timeouts = /^(ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ABORT_ERR)$/;
const defaultRetryAfterMs = 1_000;

/**
 * What an error of anybody's library says, in our words: that time is over, that one asks too much, or that the other side cannot be
 * reached. Undefined for all others: they are about the request itself.
 */
export function troubleOf(error: unknown, name: string): MoorlineError | undefined {
  if (isMoorlineError(error)) return error;
  const { code, status, message, cause, name: kind } = factsOf(error);
  const options = { cause: error, retryAfterMs: retryAfterOf(error) ?? defaultRetryAfterMs };
  if (kind === 'TimeoutError' || timeouts.test(code)) {
    return new MoorlineError('deadline_exceeded', `${capital(name)} did not answer in time: ${message}`, {
      cause: error,
    });
  }
  if (status === 429 || quotaWords.test(message)) {
    return new MoorlineError('quota_exceeded', `${capital(name)} allows no more for now: ${message}`, options);
  }
  if (unreachable.test(code) || status === 502 || status === 503 || status === 504) {
    return new MoorlineError('service_unavailable', `${capital(name)} cannot be reached: ${message}`, options);
  }
  // `fetch failed` says nothing; its cause does.
  return cause === undefined || cause === error ? undefined : troubleOf(cause, name);
}

interface Facts {
  readonly code: string;
  readonly status: number | undefined;
  readonly name: string;
  readonly message: string;
  readonly cause: unknown;
}

function factsOf(error: unknown): Facts {
  const { code, status, statusCode, name, message, cause } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const number = status ?? statusCode;
  return {
    code: typeof code === 'string' ? code : '',
    status: typeof number === 'number' ? number : undefined,
    name: typeof name === 'string' ? name : '',
    message: typeof message === 'string' ? message : String(error),
    cause,
  };
}

function retryAfterOf(error: unknown): number | undefined {
  const { retryAfterMs } = (error ?? {}) as { readonly retryAfterMs?: unknown };
  return typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) && retryAfterMs >= 0
    ? retryAfterMs
    : undefined;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
