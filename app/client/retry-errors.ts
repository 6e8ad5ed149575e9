/** Thrown by a handler: the job is a dead letter at once, another try would fail the same. */
export class NeverRetry extends Error {
  override readonly name = 'NeverRetry';
  readonly class = 'never';
}

abstract class Again extends Error {
  constructor(
    readonly retryAfterMs: number,
    message = `again after ${retryAfterMs} ms`,
  ) {
    super(message);
  }
}

/** Thrown by a handler: this attempt failed, the next one comes after so long instead of after the backoff. */
export class RetryLater extends Again {
  override readonly name = 'RetryLater';
  readonly class = 'retry';
}

/** Thrown by a handler: the time has not come. The job comes again after so long and has lost no attempt. */
export class NotYet extends Again {
  override readonly name = 'NotYet';
  readonly class = 'wait';
}

/** Thrown by a handler: whatever the jobs need asks for patience. This one comes again, and its queue (its key, if it has one) hands out nothing for so long. */
export class RateLimited extends Again {
  override readonly name = 'RateLimited';
  readonly class = 'rateLimited';
}
