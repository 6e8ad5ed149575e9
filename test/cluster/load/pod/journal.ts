import { appendFileSync } from 'node:fs';
import type { NewEvent } from './events.js';

/** What a load pod has seen, a line an event. */
export class Journal {
  constructor(private readonly file: string) {}

  /** On the disk when it returns: the container may be killed at any moment. */
  write(event: NewEvent): void {
    appendFileSync(this.file, `${JSON.stringify({ ...event, atMs: Date.now() })}\n`);
  }
}
