/** Why following has ended. The message says what was expected and what to do. */
export class LiveError extends Error {
  override readonly name = 'LiveError';

  constructor(
    /** One of the gateway's, as `forbidden`; `closed` when it closed the connection for good, `gave_up` after `maxAttempts`. */
    readonly code: string,
    message: string,
    /** Of the WebSocket, where that is the reason. */
    readonly closeCode?: number,
  ) {
    super(message);
  }
}
