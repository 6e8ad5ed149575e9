/** Thrown by a handler: the job is a dead letter at once, another try would fail the same. */
export class NeverRetry extends Error {
  override readonly name = 'NeverRetry';
  readonly retry = false;
}

/** Thrown by a handler: this attempt failed, the next one comes after so long instead of after the backoff. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';

  constructor(
    readonly retryAfterMs: number,
    message = `try again after ${retryAfterMs} ms`,
  ) {
    super(message);
  }
}
