import { openEngine } from './engine/engine-backend.js';
import { HttpBackend } from './http/http-backend.js';
import type { MoorlineOptions } from './options.js';
import { Queue, type QueueOptions } from './queue.js';
import type { StandardSchema } from './standard-schema.js';
import { Tasks } from './tasks.js';
import type { Backend } from './types.js';
import type { QueueWorker } from './consumer/worker.js';

/** The queues of one Moorline. Opens its connections as they are needed; `close` lets them go. */
export class Moorline {
  /** Questions that are answered until a deadline. */
  readonly tasks: Tasks;
  private readonly backend: Backend;
  private readonly workers = new Set<QueueWorker>();

  /** Throws when an option makes no sense; whether somebody answers shows at the first call. */
  constructor(options: MoorlineOptions) {
    this.backend = 'url' in options ? new HttpBackend(options) : openEngine(options);
    this.tasks = new Tasks(this.backend);
  }

  /** A queue whose data has a schema: it is checked before it is sent, and typed. */
  queue<Input, Output>(name: string, options: { readonly schema: StandardSchema<Input, Output> }): Queue<Input, Output>;
  /** A queue of data of a type; it exists as soon as it is named. */
  queue<Data = unknown>(name: string, options?: QueueOptions): Queue<Data, Data>;
  queue(name: string, options: QueueOptions = {}): Queue<unknown, unknown> {
    return new Queue(name, this.backend, options, this.workers);
  }

  /** Closes the workers as their `close` does, sends what was added, then lets the connections go. */
  async close(options?: { readonly graceMs?: number }): Promise<void> {
    await Promise.all([...this.workers].map((worker) => worker.close(options)));
    await this.backend.close();
  }
}
