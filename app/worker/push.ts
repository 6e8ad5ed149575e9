import { limits } from '../queue/limits.js';
import { failedForGood, outcomeOfError, type Outcome } from '../queue/outcome.js';
import type { ClaimedJob } from '../queue/types.js';
import type { Executor, JobContext } from './types.js';

/** These ask for patience, unlike the rest of 4xx, which says that the job itself is wrong. */
const retryable4xx = [408, 425, 429];

/** Hands jobs to an HTTP endpoint: 2xx is done (a JSON body is the result), 4xx fails for good, anything else is tried again. */
export function pushTo(url: string): Executor {
  return async (job, queue, context) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': JSON.stringify(`${queue}/${job.id}`) },
        body: pushBody(job, queue, context),
        // A redirected POST would arrive as something else.
        redirect: 'manual',
        signal: context.signal,
      });
      return response.ok ? await outcomeOfSuccess(response) : await outcomeOfRefusal(response);
    } catch (error) {
      return outcomeOfError(describeFetchError(error, url));
    }
  };
}

function pushBody(job: ClaimedJob, queue: string, { deadline }: JobContext): string {
  const { id, attempt, maxAttempts, priority, enqueuedAt, fence, stream, dataJson } = job;
  const envelope = JSON.stringify({ id, queue, attempt, maxAttempts, priority, enqueuedAt, fence, deadline, stream });
  return `${envelope.slice(0, -1)},"data":${dataJson}}`;
}

async function outcomeOfSuccess(response: Response): Promise<Outcome> {
  const text = await readText(response, limits.maxResultBytes);
  if (text === undefined) {
    return failedForGood('result_too_large', `Expected an answer of ${limits.maxResultBytes} bytes at most`);
  }
  const resultJson = normalizeJson(text);
  return resultJson === undefined ? { verdict: 'done' } : { verdict: 'done', resultJson };
}

async function outcomeOfRefusal(response: Response): Promise<Outcome> {
  const { status } = response;
  await response.body?.cancel();
  const error = { code: `http_${status}`, message: `The endpoint answered ${status} ${response.statusText}`.trim() };
  if (status >= 400 && status < 500 && !retryable4xx.includes(status))
    return { verdict: 'failed', error, retry: false };
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now());
  return { verdict: 'failed', error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Seconds or a date; undefined for anything else. Nobody is waited for longer than a job may be delayed. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  const isSeconds = /^\d+$/.test(header ?? '');
  // Date.parse alone would take `-1` for a year.
  const isDate = /^[A-Za-z]{3}/.test(header ?? '');
  if (header === null || (!isSeconds && !isDate)) return undefined;
  const ms = isSeconds ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), limits.maxDelayMs);
}

/** undefined when there is more than `maxBytes`. */
async function readText(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** undefined for what is no JSON: the work is done all the same, it only has no result. */
function normalizeJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** `fetch failed` says nothing; its cause does. The URL is not told: it may hold a secret. */
function describeFetchError(error: unknown, url: string): { readonly code: string; readonly message: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : 'unknown error';
  return { code: 'push_failed', message: `The endpoint at ${new URL(url).host} cannot be reached: ${message}` };
}
