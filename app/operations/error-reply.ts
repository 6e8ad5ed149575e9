import { STATUS_CODES } from 'node:http';
import { errorCatalogue, isMoorlineError, MoorlineError, type ErrorCode } from '../resilience/errors.js';

/** An error as it goes out: every error of every route has this shape. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly error: { readonly code: ErrorCode; readonly message: string; readonly retryable: boolean };
  };
}

/** What a client gets to see of an error. What is not ours is told to the log only: its message may hold anything. */
export function errorReply(error: unknown): ErrorReply {
  const known = isMoorlineError(error) ? error : fromFramework(error);
  return {
    status: known.status,
    headers: headersOf(known),
    body: { error: { code: known.code, message: known.message, retryable: known.retryable }, ...known.options.details },
  };
}

/** The errors of fastify and node:http that a client causes, by their codes. */
const frameworkErrors: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'Expected the Content-Type application/json (for enqueueing also application/x-ndjson)',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'The body is larger than this server accepts'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid_request', 'The body is not as long as its Content-Length says'],
  FST_ERR_BAD_URL: ['invalid_request', 'The path is not valid percent-encoded UTF-8'],
  FST_ERR_MAX_PARAM_LENGTH: ['invalid_request', 'A part of the path is too long'],
};

function fromFramework(error: unknown): MoorlineError {
  const [code, message] = frameworkErrors[codeOf(error)] ?? [
    'internal',
    'Something went wrong on the server; its log has the details under the x-request-id of this answer',
  ];
  return new MoorlineError(code, message, { cause: error });
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

function headersOf(error: MoorlineError): Record<string, string> {
  if (error.code === 'unauthorized') return { 'www-authenticate': 'Bearer realm="moorline"' };
  if (error.status !== 429 && error.status !== 503) return {};
  const retryAfterMs = error.options.retryAfterMs ?? 1_000;
  return { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) };
}

/** The whole answer to bytes that are not HTTP, which no route ever sees. */
export function rawErrorResponse(parserError: { readonly code?: string }): string {
  const status = parserErrorStatus[parserError.code ?? ''] ?? 400;
  const { retryable } = errorCatalogue.invalid_request;
  const message = `Expected an HTTP/1.1 request: ${STATUS_CODES[status] ?? ''}`;
  const body = JSON.stringify({ error: { code: 'invalid_request', message, retryable } });
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/json; charset=utf-8\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
  );
}

const parserErrorStatus: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
