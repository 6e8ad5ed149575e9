import type { Logger } from '../log.js';
import type { WorkerList, WorkerView } from '../queue/worker-list.js';

/** Others take a worker for gone after two minutes of silence. */
const defaultEveryMs = 30_000;
/** Workers that start together do not write together for ever. */
const jitter = 0.1;
/** Not more of the time to stop is spent on an entry that goes by itself. */
const removeDeadlineMs = 500;

export interface AnnouncerOptions {
  readonly workers: WorkerList;
  /** Of this worker, as it is now. */
  readonly describe: () => Omit<WorkerView, 'lastHeardAt'>;
  readonly log: Logger;
  /** @default 30 000 */
  readonly everyMs?: number;
}

/** Keeps this process in the list of workers, from the moment it is made until `stop`. */
export class Announcer {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly options: AnnouncerOptions) {
    void this.begin();
  }

  /** Never rejects: without Redis the entry goes by itself. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const { workers, describe } = this.options;
    await workers.remove(describe().name, removeDeadlineMs).catch(this.tell);
  }

  /** Each start looks at the list once, which removes the dead: so they do not pile up where nobody reads it. */
  private async begin(): Promise<void> {
    await this.announce();
    await this.options.workers.list().catch(this.tell);
  }

  private async announce(): Promise<void> {
    const { workers, describe, everyMs = defaultEveryMs } = this.options;
    this.timer = setTimeout(() => void this.announce(), everyMs * (1 + Math.random() * jitter));
    await workers.put(describe()).catch(this.tell);
  }

  private readonly tell = (error: unknown): void => {
    if (!this.stopped) this.options.log.debug({ err: error }, 'the list of workers cannot be written; trying again');
  };
}
