import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelayMs } from './backoff.js';
import type { Breaker } from './breaker.js';
import { beforeDeadline, Deadline } from './deadline.js';
import { isMoorlineError, MoorlineError } from './errors.js';
import { troubleOf } from './trouble.js';

export interface SafelyOptions {
  /** All tries and the pauses between them take no longer: then it is `deadline_exceeded`. */
  readonly timeoutMs: number;
  /** How often it is tried again while what it needs is unavailable: only for what may be done twice. @default 0 */
  readonly retries?: number;
  /** Refuses at once while the other side is long out of service. @default none */
  readonly breaker?: Pick<Breaker, 'run'>;
  /** For messages, as in "the mail server". @default 'the operation' */
  readonly name?: string;
}

export interface Attempt {
  /** 1 for the first. */
  readonly attempt: number;
  /** Until the time for all tries is over. */
  readonly remainingMs: number;
  /** Fires when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

const backoff = { firstMs: 100, maxMs: 2_000 };

/**
 * Does something that may hang, be refused or be out of service, and says in words which of it: rejects with a MoorlineError
 * `deadline_exceeded`, `quota_exceeded` or `service_unavailable`. Errors that say none of this are those of the operation, and pass.
 *
 * @example
 *     const page = await safely(async ({ signal }) => (await fetch(url, { signal })).text(), { timeoutMs: 5_000, retries: 2 });
 */
export async function safely<T>(
  operation: (attempt: Attempt) => Promise<T>,
  { timeoutMs, retries = 0, breaker, name = 'the operation' }: SafelyOptions,
): Promise<T> {
  const deadline = Deadline.after(timeoutMs);
  const tooLate = (): Error => exceeded(name, timeoutMs);
  for (let attempt = 1; ; attempt += 1) {
    const trial = new Trial(attempt, deadline);
    const work = (): Promise<T> => operation(trial);
    try {
      return await beforeDeadline(breaker === undefined ? work() : breaker.run(work), deadline, tooLate);
    } catch (error) {
      trial.abandon();
      const told = deadline.isPast ? tooLate() : (troubleOf(error, name) ?? error);
      const pauseMs = attempt > retries ? Infinity : pauseAfter(told, attempt);
      if (pauseMs >= deadline.remainingMs) throw told;
      await sleep(pauseMs);
    }
  }
}

/** The signal is made when the operation asks for it: it costs more than a small call. */
class Trial implements Attempt {
  private controller: AbortController | undefined;

  constructor(
    readonly attempt: number,
    private readonly deadline: Deadline,
  ) {}

  get remainingMs(): number {
    return this.deadline.remainingMs;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }

  abandon(): void {
    this.controller?.abort('abandoned');
  }
}

/** Only where trying again may help: not when somebody asks for patience, nor after a verdict. */
function pauseAfter(error: unknown, attempt: number): number {
  if (!isMoorlineError(error) || !mayPass.has(error.code)) return Infinity;
  return Math.max(backoffDelayMs(attempt - 1, backoff), error.options.retryAfterMs ?? 0);
}

const mayPass: ReadonlySet<string> = new Set([
  'service_unavailable',
  'redis_unavailable',
  'gateway_unavailable',
  'unconfirmed',
]);

const exceeded = (name: string, timeoutMs: number): MoorlineError =>
  new MoorlineError(
    'deadline_exceeded',
    `Expected an answer of ${name} within ${Math.round(timeoutMs)} ms, and none came. It may or may not have been done.`,
  );
