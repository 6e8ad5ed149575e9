import { Deadline } from '../resilience/deadline.js';
import { MoorlineError } from '../resilience/errors.js';
import { confirmerOf, saysNotOnDisk, type Confirmation, type Confirmer } from './confirmation.js';
import type { Connection } from './connection.js';
import { diskOf, distrustDisk } from './disk.js';
import { functionCommand, loadLibrary, sizeOfCall } from './functions.js';
import type { Link, RunOptions } from './link.js';
import type { Electors } from './primary-locator.js';
import { didNothing, kindOfRedisError, NotSentError, toMoorlineError } from './redis-errors.js';
import { roles } from './roles.js';
import type { DurableReplies, DurableWait, FunctionCall } from './types.js';

/** So long a replica that was missing is not waited for. */
const fewMs = 1_000;

/**
 * Writes that replicas or disks must have before they count. WAIT blocks its connection, so calls go in rounds: while one
 * round waits the next calls gather, and then share one WAIT.
 */
export class DurableCalls {
  private gathering: Entry[] = [];
  private roundUnderWay = false;
  private fewUntilMs = 0;

  constructor(
    private readonly link: Pick<Link, 'run'>,
    private readonly electors: Electors,
  ) {}

  call(calls: readonly FunctionCall[], wait: DurableWait, options: RunOptions = {}): Promise<DurableReplies> {
    const bytes = calls.reduce((total, call) => total + sizeOfCall(call), 0);
    const deadline = Deadline.after(roles.durable.deadlineMs + wait.waitMs);
    return this.link.run((connection) => this.gather({ connection, calls, wait, deadline }), bytes, deadline, options);
  }

  private gather(request: Request): Promise<DurableReplies> {
    return new Promise((resolve, reject) => {
      this.gathering.push({ ...request, resolve, reject });
      if (!this.roundUnderWay) void this.runRounds();
    });
  }

  private async runRounds(): Promise<void> {
    this.roundUnderWay = true;
    // Calls of the same tick belong to one round.
    await Promise.resolve();
    while (this.gathering.length > 0) {
      const { round, rest } = splitRound(this.gathering);
      this.gathering = rest;
      await this.runRound(round.filter(isStillWanted));
    }
    this.roundUnderWay = false;
  }

  private async runRound(round: readonly Entry[]): Promise<void> {
    const [first] = round;
    if (first === undefined) return;
    const { connection, wait } = first;
    // When some were missing lately, they are not waited for again at once.
    const all = performance.now() < this.fewUntilMs ? 0 : this.electors.replicas;
    const confirmer = await confirmerFor(connection, wait, all).catch(asError);
    if (confirmer instanceof Error) {
      for (const { reject } of round) reject(confirmer);
      return;
    }
    const calls = round.flatMap((entry) => entry.calls);
    const sent = await sendAndConfirm(connection, calls, confirmer);
    const confirmation = await this.examine(connection, wait, sent.confirmation).catch(asError);
    let at = 0;
    for (const entry of round) {
      settle(entry, sent.replies.slice(at, at + entry.calls.length), confirmation);
      at += entry.calls.length;
    }
  }

  /**
   * What all replicas have, their successor has. What only some have counts as long as nobody replaces the primary: one that was
   * frozen and wakes up in the middle of its failover is still followed by the replicas that have not been told yet.
   */
  private async examine(
    connection: Connection,
    { replicas, waitMs }: DurableWait,
    confirmation: RoundResult['confirmation'],
  ): Promise<RoundResult['confirmation']> {
    if (confirmation instanceof Error) return confirmation;
    if (confirmation.onDisk === false) distrustDisk(connection);
    const { confirmedReplicas } = confirmation;
    const all = this.electors.replicas;
    if (replicas === 0 || confirmedReplicas < replicas || confirmedReplicas >= all) return confirmation;
    this.fewUntilMs = performance.now() + fewMs;
    if (await this.electors.isUndisputed(connection.address)) return confirmation;
    // When the Sentinels cannot be asked, the replicas still can: the missing one may merely be slow.
    const confirmed = Number(await connection.send(['WAIT', all, Math.max(1, Math.round(waitMs))]));
    return { ...confirmation, confirmedReplicas: confirmed >= all ? confirmed : 0 };
  }
}

interface Request {
  /** WAIT confirms what its own connection wrote: the calls and their WAIT are sent on this one or not at all. */
  readonly connection: Connection;
  readonly calls: readonly FunctionCall[];
  readonly wait: DurableWait;
  readonly deadline: Deadline;
}

interface Entry extends Request {
  readonly resolve: (replies: DurableReplies) => void;
  readonly reject: (error: Error) => void;
}

/** The first entry and all that go on the same connection with the same wishes. */
function splitRound(entries: readonly Entry[]): { round: Entry[]; rest: Entry[] } {
  const [first] = entries;
  const goesAlong = ({ connection, wait }: Entry) =>
    connection === first?.connection &&
    wait.replicas === first.wait.replicas &&
    wait.waitMs === first.wait.waitMs &&
    wait.onDisk === first.wait.onDisk;
  return { round: entries.filter(goesAlong), rest: entries.filter((entry) => !goesAlong(entry)) };
}

/** Whoever has given up meanwhile must not have his calls done behind his back. */
function isStillWanted({ deadline, reject }: Entry): boolean {
  if (deadline.isPast) reject(new NotSentError());
  return !deadline.isPast;
}

/** Refuses before anything is written what the server cannot promise. */
async function confirmerFor(connection: Connection, wait: DurableWait, all: number): Promise<Confirmer> {
  if (wait.onDisk !== true) return confirmerOf(wait, all);
  const disk = await diskOf(connection);
  if (disk.method !== 'none') return confirmerOf(wait, all, disk);
  throw new MoorlineError('durability_unavailable', `The primary cannot promise its disk: ${disk.reason}`);
}

interface RoundResult {
  readonly replies: readonly unknown[];
  readonly confirmation: Confirmation | Error;
}

/** One trip; a second one for the calls whose library had to be loaded first. */
async function sendAndConfirm(
  connection: Connection,
  calls: readonly FunctionCall[],
  confirmer: Confirmer,
): Promise<RoundResult> {
  const first = await trip(connection, calls, confirmer);
  const isMissing = (reply: unknown) => reply instanceof Error && kindOfRedisError(reply) === 'function-missing';
  const missing = calls.filter((_, at) => isMissing(first.replies[at]));
  if (missing.length === 0) return first;

  const loaded = await outcome(
    Promise.all([...new Set(missing.map(({ library }) => library))].map((library) => loadLibrary(connection, library))),
  );
  // Such a call fails as the load of its library did.
  if (loaded instanceof Error) {
    return { ...first, replies: first.replies.map((reply) => (isMissing(reply) ? loaded : reply)) };
  }
  const second = await trip(connection, missing, confirmer);
  const late = second.replies.values();
  return {
    replies: first.replies.map((reply) => (isMissing(reply) ? late.next().value : reply)),
    confirmation: second.confirmation,
  };
}

async function trip(
  connection: Connection,
  calls: readonly FunctionCall[],
  { commands, read }: Confirmer,
): Promise<RoundResult> {
  const results = await Promise.all(
    [...calls.map(functionCommand), ...commands].map((command) => outcome(connection.send(command))),
  );
  const confirmations = results.slice(calls.length);
  const failed = confirmations.find((result) => result instanceof Error && !saysNotOnDisk(result));
  const replies = results.slice(0, calls.length);
  return { replies, confirmation: failed instanceof Error ? failed : read(confirmations) };
}

/** Where nothing was done, or the calls are repeatable, the link sends them again; else the caller must. */
function settle(
  { connection, resolve, reject }: Entry,
  replies: readonly unknown[],
  confirmation: RoundResult['confirmation'],
): void {
  const failed = [...replies, confirmation].filter((result) => result instanceof Error);
  if (failed.some((error) => kindOfRedisError(error) === 'wrong-server')) connection.drop('it is no primary any more');

  const [firstError] = failed;
  if (firstError !== undefined && (replies.length === 0 ? failed : replies).every(didNothing)) {
    reject(firstError);
    return;
  }
  const lost = failed.find((error) => kindOfRedisError(error) === 'connection-lost');
  if (lost !== undefined) {
    reject(lost);
    return;
  }
  const unavailable = failed.map((error) => toMoorlineError(error)).find(isFatal);
  if (confirmation instanceof Error) reject(toMoorlineError(confirmation));
  else if (unavailable !== undefined) reject(unavailable);
  else {
    resolve({
      replies: replies.map((reply) => (reply instanceof Error ? toMoorlineError(reply) : reply)),
      ...confirmation,
    });
  }
}

/** A call that a node of a cluster redirects is nobody else's trouble. */
function isFatal({ code, cause }: MoorlineError): boolean {
  return code === 'redis_unavailable' && kindOfRedisError(cause) !== 'redirected';
}

/** The result, or the error as a value. */
function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.catch(asError);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
