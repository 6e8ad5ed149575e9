/**
 * The catalogue of errors: every error that leaves a process has a stable code from this table.
 * The code decides the HTTP status and whether sending the same again may help.
 */
export const errorCatalogue = {
  invalid_request: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  body_too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  job_over: { status: 409, retryable: false },
  queue_paused: { status: 409, retryable: true },
  durability_unavailable: { status: 409, retryable: true },
  quota_exceeded: { status: 429, retryable: true },
  internal: { status: 500, retryable: false },
  gateway_unavailable: { status: 503, retryable: true },
  redis_unavailable: { status: 503, retryable: true },
  unconfirmed: { status: 503, retryable: true },
  deadline_exceeded: { status: 504, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** An error with a code of the catalogue; `message` says what was expected, what came and what to do. */
export class MoorlineError extends Error {
  override readonly name = 'MoorlineError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly options: { readonly cause?: unknown; readonly retryAfterMs?: number; readonly details?: object } = {},
  ) {
    super(message, { cause: options.cause });
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }

  get retryable(): boolean {
    return errorCatalogue[this.code].retryable;
  }
}

export const isMoorlineError = (error: unknown): error is MoorlineError => error instanceof MoorlineError;
