import type { Queues } from '../queue/types.js';

/** Others take the leases of a worker that was silent for 4 s. */
const beatMs = 1_000;
/** So many beats without work, and the worker says that it holds nothing: one that gets a job now and then need not come and go. */
const idleBeats = 3;

export interface HeartbeatOptions {
  readonly queue: string;
  readonly queues: Queues;
  readonly workerName: string;
  readonly running: { readonly size: number };
  /** The leases may be lost, or their jobs cancelled: a renewal tells. */
  readonly onDoubt: () => void;
}

/** Says every second that this worker is alive, while it has jobs of a queue, and only then. */
export class Heartbeat {
  private timer: NodeJS.Timeout;
  private stopped = false;
  private isKnown = false;
  private idle = 0;

  constructor(private readonly options: HeartbeatOptions) {
    this.timer = this.nextBeat();
  }

  /** Whoever watches over this worker need not any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    if (this.isKnown) await this.leave();
  }

  private nextBeat(): NodeJS.Timeout {
    return setTimeout(() => void this.beat(), beatMs);
  }

  private async beat(): Promise<void> {
    this.idle = this.options.running.size > 0 ? 0 : this.idle + 1;
    if (this.idle === 0) await this.sayAlive();
    else if (this.isKnown && this.idle >= idleBeats) await this.leave();
    if (!this.stopped) this.timer = this.nextBeat();
  }

  private async sayAlive(): Promise<void> {
    const { queue, queues, workerName, onDoubt } = this.options;
    const answer = await queues.beat(queue, workerName).catch(ignore);
    if (answer === undefined) return;
    if ((answer.isNew && this.isKnown) || answer.cancelling > 0) onDoubt();
    this.isKnown = true;
  }

  private async leave(): Promise<void> {
    const { queue, queues, workerName } = this.options;
    this.isKnown = false;
    await queues.beat(queue, workerName, { isLeaving: true }).catch(ignore);
  }
}

/** A beat that is lost is followed by another; and without any, leases are still renewed, and expire. */
function ignore(): undefined {}
