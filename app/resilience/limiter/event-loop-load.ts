import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';

export interface EventLoopLoad {
  /** Share of the time that the loop was busy, 0 to 1. */
  readonly loopUtilization: number;
  /** How late it came to a timer, at the 99th percentile. */
  readonly loopDelayMs: number;
}

const resolutionMs = 10;

/** How busy this process' event loop is, from one reading to the next. */
export class EventLoopMeter {
  private readonly delay = monitorEventLoopDelay({ resolution: resolutionMs });
  private before: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    this.delay.enable();
  }

  read(): EventLoopLoad {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.before);
    this.before = now;
    // The monitor counts its own rest between two looks.
    const loopDelayMs = Math.max(0, this.delay.percentile(99) / 1e6 - resolutionMs);
    this.delay.reset();
    return { loopUtilization: utilization, loopDelayMs };
  }

  stop(): void {
    this.delay.disable();
  }
}
