import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** What all processes of this machine have used, over all cores. */
export interface CpuTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

const sampleMs = 300;

/** The share of the machine (0-1) that others use, asked while nothing of ours runs. */
export async function busyShareOfOthers(): Promise<number> {
  const before = cpuTimes();
  await sleep(sampleMs);
  return busyShare(before, cpuTimes());
}

export function busyShare(from: CpuTimes, to: CpuTimes): number {
  const totalMs = to.totalMs - from.totalMs;
  return totalMs === 0 ? 0 : (to.busyMs - from.busyMs) / totalMs;
}

/** Of the last minute, as `uptime` prints it. */
export const loadOfMinute = (): number => loadavg()[0] ?? 0;

function cpuTimes(): CpuTimes {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busyMs, totalMs };
}
