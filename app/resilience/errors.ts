/**
 * The catalogue of errors: every error that leaves a process has a stable code from this table.
 * The code decides the HTTP status and whether sending the same again may help.
 */
export const errorCatalogue = {
  invalid_request: {
    status: 400,
    retryable: false,
    meaning:
      'The request is not what the route or the function takes. The message names the field, what was expected and what came.',
    remedy: 'Correct the request.',
  },
  unauthorized: {
    status: 401,
    retryable: false,
    meaning: 'The request has no token, or none that this server knows.',
    remedy:
      'Send `Authorization: Bearer <token>`; the token is that of MOORLINE_TOKEN, or of a line of MOORLINE_TOKENS_FILE.',
  },
  forbidden: {
    status: 403,
    retryable: false,
    meaning:
      'The token is known, but lacks the scope of this route, or may not read that stream or topic. The message says which.',
    remedy:
      'Use a token that has the scope, or add it to the line of that token; for streams and topics ask whoever issues them.',
  },
  not_found: {
    status: 404,
    retryable: false,
    meaning: 'There is no such path, or the queue does not know the id (any more).',
    remedy: 'Look at the path and the id. Ids of finished jobs are forgotten after doneWindowMs.',
  },
  method_not_allowed: {
    status: 405,
    retryable: false,
    meaning: 'The path has other methods.',
    remedy: 'Use one that the header Allow names.',
  },
  body_too_large: {
    status: 413,
    retryable: false,
    meaning: 'The body is larger than this server accepts.',
    remedy: 'Send fewer jobs in one request, or raise MOORLINE_MAX_BODY_BYTES.',
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    meaning: 'The body is in a format that the route does not read.',
    remedy: 'Send application/json, or for enqueueing application/x-ndjson.',
  },
  job_over: {
    status: 409,
    retryable: false,
    meaning: 'The job has ended (it is done or dead), so it cannot be cancelled any more.',
    remedy: 'Look at the job; a dead letter can be purged.',
  },
  task_cancelled: {
    status: 409,
    retryable: false,
    meaning:
      'Somebody cancelled the task while the caller waited for its answer, or the queue has no such task any more.',
    remedy: 'Ask again under another id, if the answer is still wanted.',
  },
  stream_ended: {
    status: 409,
    retryable: false,
    meaning: 'The stream has ended, so it takes no more chunks.',
    remedy: 'Publish to another stream; give each result one of its own.',
  },
  queue_paused: {
    status: 409,
    retryable: true,
    meaning: 'The queue is draining and takes no new jobs.',
    remedy: 'Send the same later, or resume the queue.',
  },
  durability_unavailable: {
    status: 409,
    retryable: true,
    meaning:
      'The queue promises jobs on disk, and the Redis server as it runs now cannot tell when they are there. Nothing was written.',
    remedy:
      'Set appendonly yes on the server, with Redis before 7.2 also appendfsync always; or give the queue another durability.',
  },
  quota_exceeded: {
    status: 429,
    retryable: true,
    meaning:
      'Redis has no room for more (maxmemory, or the quota of a provider), or the oldest ready job of the queue has waited longer than its maxReadyAgeMs. Nothing was written.',
    remedy: 'Send the same again after the time in Retry-After; add workers, or memory.',
  },
  internal: {
    status: 500,
    retryable: false,
    meaning: 'An error of Moorline itself, or something in Redis that it did not write.',
    remedy: 'Look for the x-request-id of the answer in the log of the server, and report it.',
  },
  task_failed: {
    status: 502,
    retryable: false,
    meaning: 'Whoever did the task reported a failure; the message holds theirs, and `failure` their code and details.',
    remedy: 'Look at the message. Another try is a task with another id.',
  },
  service_unavailable: {
    status: 503,
    retryable: true,
    meaning:
      'Something that an operation needs cannot be reached, or has failed so often that it is not asked for now.',
    remedy: 'Try again after the time in Retry-After.',
  },
  gateway_unavailable: {
    status: 503,
    retryable: true,
    meaning: 'The client got no answer from the gateway.',
    remedy: 'Send the same again, with the same ids.',
  },
  redis_unavailable: {
    status: 503,
    retryable: true,
    meaning:
      'Redis cannot be reached or refuses for now, for example during a failover; or more waits for it than this process may hold.',
    remedy: 'Send the same again after the time in Retry-After.',
  },
  data_lost: {
    status: 503,
    retryable: true,
    meaning:
      'The data that this process has worked with are gone from Redis, or are older than they were. It serves nothing, since an empty Redis looks like queues without jobs.',
    remedy:
      'Bring back the server (or the backup) that has the data, or go on without them by `moorline epoch accept`. /readyz tells what was found.',
  },
  unconfirmed: {
    status: 503,
    retryable: true,
    meaning:
      'The jobs are stored, but it was not confirmed in time that they are as durable as their queue promises. The body names their ids.',
    remedy: 'Send the same ids again: that makes no duplicates, and is confirmed only when the first write is.',
  },
  deadline_exceeded: {
    status: 504,
    retryable: true,
    meaning: 'No answer within the time that the caller or the operation allows. It may or may not have been done.',
    remedy: 'Send the same again where it is idempotent: enqueues by id, settlements by fence.',
  },
} as const satisfies Record<string, CatalogueEntry>;

interface CatalogueEntry {
  /** Of HTTP. */
  readonly status: number;
  /** Whether sending the same again may help. */
  readonly retryable: boolean;
  readonly meaning: string;
  /** What to do. */
  readonly remedy: string;
}

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
