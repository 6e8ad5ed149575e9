import { limits } from '../../queue/limits.js';
import type { Failure } from '../types.js';

export type Outcome =
  { readonly verdict: 'done'; readonly result?: unknown } | { readonly verdict: 'failed'; readonly failure: Failure };

/** What a handler returned. A result that cannot be stored fails the job for good: it would be the same again. */
export function outcomeOfResult(result: unknown): Outcome {
  if (result === undefined) return { verdict: 'done' };
  const json = jsonOf(result);
  if (json === undefined) return forGood('invalid_result', `Expected a result that is JSON, got a ${typeof result}`);
  const bytes = Buffer.byteLength(json);
  if (bytes <= limits.maxResultBytes) return { verdict: 'done', result };
  return forGood(
    'result_too_large',
    `Expected a result of ${limits.maxResultBytes} bytes of JSON at most, got ${bytes}; store it elsewhere and return where`,
  );
}

/** What a handler threw, which may be anything. */
export function outcomeOfError(thrown: unknown): Outcome {
  const { message, code, name, retry, retryAfterMs } = (
    typeof thrown === 'object' && thrown !== null ? thrown : { message: `The handler threw ${String(thrown)}` }
  ) as Readonly<Record<string, unknown>>;
  const error = {
    message: typeof message === 'string' && message !== '' ? message : 'The handler threw something without a message',
    ...codeOf(code ?? name),
  };
  return {
    verdict: 'failed',
    failure: { error, ...(retry === false ? { retry } : {}), ...delayOf(retryAfterMs) },
  };
}

export const timedOut = (timeoutMs: number): Outcome => ({
  verdict: 'failed',
  failure: { error: { code: 'timeout', message: `The handler took longer than ${timeoutMs} ms` } },
});

const forGood = (code: string, message: string): Outcome => ({
  verdict: 'failed',
  failure: { error: { code, message }, retry: false },
});

/** Undefined for what JSON cannot say: cycles, BigInt, functions. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

const codeOf = (code: unknown): { readonly code?: string } =>
  typeof code === 'string' && code !== '' && code.length <= limits.maxErrorCodeLength ? { code } : {};

const delayOf = (ms: unknown): { readonly retryAfterMs?: number } =>
  typeof ms === 'number' && ms >= 0 && Number.isFinite(ms)
    ? { retryAfterMs: Math.min(Math.ceil(ms), limits.maxDelayMs) }
    : {};
