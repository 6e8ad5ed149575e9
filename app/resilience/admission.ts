export interface AdmissionLimits {
  readonly maxCalls: number;
  readonly maxBytes: number;
}

/** Bounds what is under way in count and bytes, so that a slow server fills no memory. */
export class Admission {
  private calls = 0;
  private bytes = 0;

  constructor(private readonly limits: AdmissionLimits) {}

  /**
   * Admits one call or says no (undefined). Whoever was admitted calls the answer once when done.
   * A single call that is larger than the limit gets in when nothing else is under way.
   */
  enter(bytes: number): (() => void) | undefined {
    const full = this.calls >= this.limits.maxCalls || (this.calls > 0 && this.bytes + bytes > this.limits.maxBytes);
    if (full) return undefined;
    this.calls += 1;
    this.bytes += bytes;
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.calls -= 1;
      this.bytes -= bytes;
    };
  }

  get inFlight(): { readonly calls: number; readonly bytes: number } {
    return { calls: this.calls, bytes: this.bytes };
  }
}
