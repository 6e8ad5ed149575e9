/** The bounds of streams. Bytes are UTF-8 bytes of the JSON text. */
export const limits = {
  maxChunkBytes: 256 * 1024,
  maxChunksPerRequest: 1000,
  /** One batch is one call, and one message to everybody who follows; one chunk may exceed it alone. */
  maxBatchBytes: 64 * 1024,
  maxBatchChunks: 500,
  /** Of one stream in Redis. */
  maxHistoryChunks: 10_000,
  maxHistoryBytes: 16 * 1024 * 1024,
  /** One read of the history. */
  maxReadBytes: 128 * 1024,
} as const;

/** Names of streams go into Redis keys and URLs. Colons are allowed: `chat:42:answer`. */
export const streamNamePattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/;
