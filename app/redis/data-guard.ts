import type { Logger } from '../log.js';
import { MoorlineError } from '../resilience/errors.js';
import { judgeData, type FoundData, type Marks } from './data-judgement.js';

const wayOut =
  'bring back the server that has the data, or accept the loss by `moorline epoch accept`; nothing is served meanwhile';

/**
 * Remembers which data this process has worked with, and lets no connection be used to a server that has lost them: an
 * emptied Redis would look like queues without jobs. A process that is new cannot know, and takes what it finds.
 */
export class DataGuard {
  private known: string | undefined;
  private marks: Marks | undefined;
  private lostReason: string | undefined;

  constructor(
    private readonly intervalMs: number,
    private readonly log: Logger,
  ) {}

  get epoch(): string | undefined {
    return this.known;
  }

  /** Why nothing is served; undefined when the data are there. */
  get loss(): string | undefined {
    return this.lostReason === undefined ? undefined : `The data of Redis are lost: ${this.lostReason}; ${wayOut}`;
  }

  /** The error of a call while the data are lost. */
  refusal(): MoorlineError | undefined {
    const { loss } = this;
    return loss === undefined ? undefined : new MoorlineError('data_lost', loss, { retryAfterMs: 5_000 });
  }

  /**
   * At each connect, before anything is sent. To be called when the server is asked what it has, and the answer then with what it
   * said, which throws when that is other data than this process knows: data that had no name yet may get one in between.
   */
  judge(): (found: FoundData) => void {
    const wasNew = this.known === undefined;
    return (found) => {
      if (this.known === undefined) this.known = found.epoch;
      else if (!wasNew || found.epoch !== undefined) this.admit(this.known, found);
    };
  }

  private admit(epoch: string, found: FoundData): void {
    const judgement = judgeData({ epoch, marks: this.marks }, found, this.intervalMs);
    if (judgement.verdict === 'lost') {
      if (this.lostReason === undefined) this.log.error({ reason: judgement.reason }, 'the data of Redis are lost');
      this.lostReason = judgement.reason;
      throw new Error(judgement.reason);
    }
    if (judgement.verdict === 'accepted' && found.epoch !== undefined) this.adopt(found.epoch);
    this.lostReason = undefined;
  }

  /** These are the data from now on. */
  adopt(epoch: string): void {
    if (this.known !== undefined && this.known !== epoch) {
      this.log.warn({ before: this.known, epoch }, 'the data of Redis are others now');
    }
    this.known = epoch;
    this.marks = undefined;
    this.lostReason = undefined;
  }

  /** Redis has taken a mark. */
  noteMark(mark: number): void {
    this.marks = { first: this.marks?.first ?? mark, last: mark };
  }

  /** Whether a mark that this process has written must be there. */
  get expectsMark(): boolean {
    return this.marks !== undefined;
  }
}

export function lossesNotWatched(): MoorlineError {
  return new MoorlineError(
    'invalid_request',
    'On a Redis Cluster losses of data are not watched for: there is nothing to accept',
  );
}
