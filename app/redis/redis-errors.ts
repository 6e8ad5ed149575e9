import { MoorlineError } from '../resilience/errors.js';

/** What an error of Redis or of its connection means for the caller. */
export type RedisErrorKind =
  /** The connection had ended before anything was sent. */
  | 'not-sent'
  /** The server is no primary that can serve now, and has done nothing: the same may be sent to another connection. */
  | 'wrong-server'
  /** A node of a cluster: the slot is elsewhere, or on its way, or nobody serves it now; nothing was done. */
  | 'redirected'
  /** The primary has lost its replicas, or they have not found it yet after a failover; nothing was done. */
  | 'no-replicas'
  /** The server refused for now. */
  | 'refused'
  /** Over the memory limit. */
  | 'out-of-memory'
  /** Over what a hosted Redis may be asked by its plan. */
  | 'over-quota'
  /** The library is not (or no longer) loaded; nothing was done. */
  | 'function-missing'
  /** The connection is gone: whether the command ran is unknown. */
  | 'connection-lost'
  /** Anything else: wrong use, an error of a function, a missing permission. */
  | 'other';

const wrongServer = /^(READONLY|LOADING|MASTERDOWN)\b|WAIT(AOF)? cannot be used with replica/;
const overQuota = /^(ERR )?max (\w+ )*(requests?|bandwidth|commands?)( \w+)* (limit|quota) exceeded/i;
const redirected = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN)\b/;
const refused = /^(UNBLOCKED|BUSY|MISCONF)\b/;
const connectionLost = /^(Connection is closed|Stream isn't writeable|Socket timeout|connect |read E|write E)/;

/** The connection that was to carry a command had ended. */
export class NotSentError extends Error {
  constructor() {
    super('the connection ended before the command was sent');
  }
}

export function kindOfRedisError(error: unknown): RedisErrorKind {
  if (error instanceof NotSentError) return 'not-sent';
  const message = messageOf(error);
  if (wrongServer.test(message)) return 'wrong-server';
  if (redirected.test(message)) return 'redirected';
  if (message.startsWith('NOREPLICAS')) return 'no-replicas';
  if (refused.test(message)) return 'refused';
  if (message.startsWith('OOM')) return 'out-of-memory';
  if (overQuota.test(message)) return 'over-quota';
  if (/^(ERR )?Function not found/.test(message)) return 'function-missing';
  return connectionLost.test(message) ? 'connection-lost' : 'other';
}

/** Whether the same may be sent again without doing it twice. */
export function didNothing(error: unknown): boolean {
  return ['not-sent', 'wrong-server', 'no-replicas'].includes(kindOfRedisError(error));
}

/** For callers. Carries the message of the error alone: the errors of ioredis hold the command with all its arguments, passwords and job data. */
export function toMoorlineError(error: unknown, retryAfterMs = 500): MoorlineError {
  if (error instanceof MoorlineError) return error;
  const message = messageOf(error);
  const cause = error instanceof NotSentError ? error : new Error(message);
  switch (kindOfRedisError(error)) {
    case 'not-sent':
    case 'wrong-server':
    case 'redirected':
    case 'no-replicas':
    case 'refused':
      return new MoorlineError('redis_unavailable', `Redis cannot do this now: ${message}`, { cause, retryAfterMs });
    case 'connection-lost':
      return new MoorlineError(
        'redis_unavailable',
        `The connection to Redis was lost before its answer came (${message}); the call may or may not have been done`,
        { cause, retryAfterMs },
      );
    case 'out-of-memory':
      return new MoorlineError(
        'quota_exceeded',
        'Redis has reached its memory limit (maxmemory) and refuses to store more: ' +
          'let workers finish jobs, purge dead letters, or raise the memory limit of Redis',
        { cause, retryAfterMs: 5_000 },
      );
    case 'over-quota':
      return new MoorlineError(
        'quota_exceeded',
        `The plan of this Redis allows no more for now (${message}): wait, or raise its limits`,
        { cause, retryAfterMs: 5_000 },
      );
    case 'function-missing':
    case 'other':
      return new MoorlineError('internal', `Redis refused a command: ${message}`, { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
