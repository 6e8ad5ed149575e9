/** The bounds of the queue, shared by whoever validates requests. Bytes are UTF-8 bytes of the JSON text. */
export const limits = {
  maxJobsPerRequest: 50_000,
  maxJobDataBytes: 1024 * 1024,
  maxResultBytes: 64 * 1024,
  maxWorkerLength: 200,
  maxPriority: 9,
  maxKeyBytes: 200,
  maxPausedKeys: 10_000,
  /** Removed by one request. */
  maxEmptied: 100_000,
  maxDelayMs: 366 * 24 * 3600 * 1000,
  defaultMaxAttempts: 3,
  maxAttemptsCeiling: 1000,
  maxTimeoutMs: 24 * 3600 * 1000,
  maxClaim: 1000,
  minLeaseMs: 10,
  maxLeaseMs: 24 * 3600 * 1000,
  maxWaitMs: 60_000,
  maxSettlementsPerRequest: 10_000,
  maxErrorMessageBytes: 2048,
  maxProgressBytes: 4096,
  maxLogLineBytes: 2048,
  maxErrorStackBytes: 4096,
  maxErrorDetailsBytes: 4096,
  maxErrorCodeLength: 100,
  maxDeadPage: 200,
  maxDeadSelection: 10_000,
  maxShards: 64,
  maxDeadGroups: 1000,
  maxDeadAudit: 1000,
  maxDeadAgeMs: 100 * 366 * 24 * 3600 * 1000,
  minRatePerSecond: 0.01,
  maxRatePerSecond: 10_000,
  maxWaitingClaims: 10_000,
} as const;

/** Queue names go into Redis keys, metrics and URLs: letters, digits, dot, underscore, hyphen. */
export const queueNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Job ids are any text of 1-200 characters without control characters. */
export const jobIdPattern = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

/** Keys of jobs, likewise; their length is counted in bytes. */
export const keyPattern = /^[^\p{Cc}\p{Cs}]+$/u;

/** Fences are opaque to clients. One that was never handed out is stale, not malformed; no colon, which ends the id in a lease. */
export const fencePattern = /^[A-Za-z0-9._-]{1,64}$/;
