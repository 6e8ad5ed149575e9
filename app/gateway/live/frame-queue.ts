/** What sends frames, and can be told to wait. */
export interface FrameSource {
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
}

const maxWaitingBytes = 256 * 1024;

/** Frames of one client, dealt with one after the other, so that answers come in their order. Nothing is read from who sends faster than that. */
export class FrameQueue {
  private work = Promise.resolve();
  private waitingBytes = 0;

  constructor(private readonly source: FrameSource) {}

  /** `handle` never rejects. */
  push(bytes: number, handle: () => Promise<void>): void {
    this.waitingBytes += bytes;
    if (this.waitingBytes > maxWaitingBytes) this.source.pause();
    this.work = this.work.then(async () => {
      await handle();
      this.waitingBytes -= bytes;
      if (this.source.isPaused && this.waitingBytes <= maxWaitingBytes / 2) this.source.resume();
    });
  }
}
