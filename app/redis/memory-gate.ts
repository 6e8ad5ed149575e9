import { isMoorlineError, type MoorlineError } from '../resilience/errors.js';
import { functionName } from './library.js';
import type { DurableReplies, FunctionCall } from './types.js';

/** Memory does not come back within milliseconds. */
const memoryPauseMs = 5_000;

/**
 * Holds back what Redis has no room for: a function that was refused for want of memory (or of quota) is refused here for
 * some seconds. The others go on: those that settle jobs are what makes room.
 */
export class MemoryGate {
  private readonly refused = new Map<string, { readonly atMs: number; readonly error: MoorlineError }>();

  /** Whether anything is held back now. */
  get isClosed(): boolean {
    const now = performance.now();
    return [...this.refused.values()].some(({ atMs }) => now - atMs < memoryPauseMs);
  }

  /** Makes the call, or rejects with the error that another one of its kind got a moment ago. */
  async guard<T>(call: FunctionCall, send: () => Promise<T>): Promise<T> {
    const refusal = this.refusal(call);
    if (refusal !== undefined) throw refusal;
    try {
      const reply = await send();
      if (this.refused.size > 0) this.note(call, reply);
      return reply;
    } catch (error) {
      this.note(call, error);
      throw error;
    }
  }

  /** Sends those calls that may be; the others are errors in `replies`, at their place. */
  async guardAll(
    calls: readonly FunctionCall[],
    send: (admitted: readonly FunctionCall[]) => Promise<DurableReplies>,
  ): Promise<DurableReplies> {
    const refusals = calls.map((call) => this.refusal(call));
    const admitted = calls.filter((_, at) => refusals[at] === undefined);
    const { replies, ...confirmed } =
      admitted.length === 0 && calls.length > 0 ? { replies: [], confirmedReplicas: 0 } : await send(admitted);
    for (const [at, call] of admitted.entries()) this.note(call, replies[at]);
    const answers = replies.values();
    return { replies: refusals.map((refusal) => refusal ?? answers.next().value), ...confirmed };
  }

  private refusal({ library, name }: FunctionCall): MoorlineError | undefined {
    if (this.refused.size === 0) return undefined;
    const refused = this.refused.get(functionName(library, name));
    return refused !== undefined && performance.now() - refused.atMs < memoryPauseMs ? refused.error : undefined;
  }

  private note({ library, name }: FunctionCall, outcome: unknown): void {
    const key = functionName(library, name);
    if (isMoorlineError(outcome) && outcome.code === 'quota_exceeded') {
      this.refused.set(key, { atMs: performance.now(), error: outcome });
    } else {
      this.refused.delete(key);
    }
  }
}
