import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessKind } from '../config/index.js';
import type { ConnectionsStatus } from '../redis/types.js';

export interface Identity {
  readonly kind: ProcessKind;
  readonly serverId: string;
  readonly podName?: string;
  readonly nodeName?: string;
}

export interface Readiness {
  readonly ready: boolean;
  /** Why it is not: one line for people. */
  readonly reason?: string;
}

export interface HealthReport extends Readiness {
  readonly server: Identity & { readonly uptimeMs: number; readonly eventLoopDelayP99Ms: number };
  readonly redis: ConnectionsStatus;
}

/** Whether the process can do its work: its connections are ready, and it is not about to end. */
export class Health {
  private readonly eventLoopDelay = monitorEventLoopDelay();
  private readonly needs: (() => string | undefined)[] = [];

  constructor(
    private readonly identity: Identity,
    private readonly redisStatus: () => ConnectionsStatus,
    private readonly stopping: AbortSignal,
  ) {
    this.eventLoopDelay.enable();
  }

  /** The process is ready only while this answers no reason why not: one line for people. */
  needsToo(whyNot: () => string | undefined): void {
    this.needs.push(whyNot);
  }

  readiness(): Readiness {
    if (this.stopping.aborted) return { ready: false, reason: 'The process is stopping' };
    const { ready, reason } = this.redisStatus();
    if (!ready) return { ready, reason: reason ?? 'Redis is not reachable' };
    const unmet = this.needs.map((whyNot) => whyNot()).find((why) => why !== undefined);
    return unmet === undefined ? { ready } : { ready: false, reason: unmet };
  }

  report(): HealthReport {
    return {
      ...this.readiness(),
      server: {
        ...this.identity,
        uptimeMs: Math.round(process.uptime() * 1_000),
        eventLoopDelayP99Ms: Math.round(this.eventLoopDelay.percentile(99) / 1e6),
      },
      redis: this.redisStatus(),
    };
  }
}
