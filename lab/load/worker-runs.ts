import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Journal } from './journal.js';
import type { Run } from './work.js';

/** The stack's own worker, as a client. */
export const workerClient = 'worker';

/** Reads what the handlers of the worker have written since the last time. */
export class WorkerRuns {
  #offset = 0;

  constructor(private readonly file: string) {}

  /** Puts what is new into the journal of the round. */
  readInto(journal: Journal): void {
    const pulse = journal.pulseOf(workerClient);
    for (const line of this.#newLines()) {
      const { id, fence, atMs } = JSON.parse(line) as Run;
      journal.handedOut(id, fence);
      pulse.beat(atMs);
    }
  }

  #newLines(): string[] {
    const file = openSync(this.file, 'a+');
    try {
      const buffer = Buffer.alloc(fstatSync(file).size - this.#offset);
      readSync(file, buffer, 0, buffer.length, this.#offset);
      // A line that is being written is left for the next time.
      const length = buffer.lastIndexOf('\n') + 1;
      this.#offset += length;
      return buffer.toString('utf8', 0, length).split('\n').slice(0, -1);
    } finally {
      closeSync(file);
    }
  }
}
