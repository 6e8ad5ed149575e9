/**
 * Why the gateway closes a WebSocket. 3000-3499: the client comes back by itself, with its positions; 3500-3999 and 4500-4999:
 * it does not. (As Centrifugo has it, so that its clients understand; 1009 for a frame that is too large is that of RFC 6455.)
 */
export const closeCodes = {
  /** The server stops; another one takes over. */
  shutdown: 3001,
  tokenExpired: 3005,
  /** It does not read what is sent to it. */
  slow: 3008,
  /** A stream cannot go on without a gap: subscribe again, and be told. */
  insufficientState: 3010,
  noPong: 3012,
  tooManyRequests: 3013,
  badToken: 3500,
  badFrame: 3501,
  /** Nothing subscribed and nothing said for a long time. */
  idle: 4500,
} as const;

export type CloseReason = keyof typeof closeCodes;
