const perSecond = 50;
const burst = 200;

/** How many frames a client may send: a bucket that fills steadily. */
export class FrameAllowance {
  private left = burst;
  private at = performance.now();

  /** Whether one more is allowed. */
  take(): boolean {
    const now = performance.now();
    this.left = Math.min(burst, this.left + ((now - this.at) / 1_000) * perSecond);
    this.at = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
