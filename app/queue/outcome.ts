import { limits } from './limits.js';
import type { FailureClass, JobFailure } from './types.js';

/** What became of a delivery. */
export type Outcome =
  | { readonly verdict: 'done'; readonly resultJson?: string }
  | {
      readonly verdict: 'failed';
      readonly error: JobFailure;
      readonly class?: FailureClass;
      readonly retry?: boolean;
      readonly retryAfterMs?: number;
    };

/** What a handler returned, as the verdict on its job. A result that cannot be stored fails the job for good: it would be the same again. */
export function outcomeOfResult(result: unknown): Outcome {
  if (result === undefined) return { verdict: 'done' };
  const resultJson = toJson(result);
  if (resultJson === undefined) {
    return failedForGood('invalid_result', `Expected a result that is JSON, got ${describe(result)}`);
  }
  const bytes = Buffer.byteLength(resultJson);
  if (bytes > limits.maxResultBytes) {
    const message = `Expected a result of ${limits.maxResultBytes} bytes of JSON at most, got ${bytes}; store it elsewhere and return where`;
    return failedForGood('result_too_large', message);
  }
  return { verdict: 'done', resultJson };
}

/** What a handler threw, which may be anything, as the verdict on its job. */
export function outcomeOfError(thrown: unknown): Outcome {
  const retryAfterMs = property(thrown, 'retryAfterMs');
  const failure = property(thrown, 'class');
  return {
    verdict: 'failed',
    error: { message: messageOf(thrown), ...furtherFacts(thrown) },
    ...(property(thrown, 'retry') === false ? { retry: false } : isFailureClass(failure) ? { class: failure } : {}),
    ...(isDelay(retryAfterMs) ? { retryAfterMs: Math.min(Math.ceil(retryAfterMs), limits.maxDelayMs) } : {}),
  };
}

export const failedForGood = (code: string, message: string): Outcome => ({
  verdict: 'failed',
  error: { code, message },
  retry: false,
});

function furtherFacts(thrown: unknown): Omit<JobFailure, 'message'> {
  const code = property(thrown, 'code') ?? property(thrown, 'name');
  const stack = property(thrown, 'stack');
  const detailsJson = toJson(property(thrown, 'details'));
  return {
    ...(isCode(code) ? { code } : {}),
    ...(typeof stack === 'string' ? { stack: stack.slice(0, limits.maxErrorStackBytes) } : {}),
    ...(detailsJson === undefined ? {} : { details: JSON.parse(detailsJson) as unknown }),
  };
}

/** undefined for what JSON cannot say: cycles, BigInt, functions, a `toJSON` that throws. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function messageOf(thrown: unknown): string {
  const message = property(thrown, 'message');
  if (typeof message === 'string' && message !== '') return message.slice(0, limits.maxErrorMessageBytes);
  return `The handler threw ${describe(thrown)}`;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  return value === null ? 'null' : `a value of type ${typeof value}`;
}

/** Reading a property of what was thrown may itself throw. */
function property(value: unknown, name: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

const isCode = (code: unknown): code is string =>
  typeof code === 'string' && code !== '' && code.length <= limits.maxErrorCodeLength;

const isFailureClass = (word: unknown): word is FailureClass =>
  word === 'retry' || word === 'never' || word === 'wait' || word === 'rateLimited';

const isDelay = (ms: unknown): ms is number => typeof ms === 'number' && ms >= 0 && Number.isFinite(ms);
